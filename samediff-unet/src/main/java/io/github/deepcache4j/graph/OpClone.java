// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.graph.FlatNode;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.summarystats.Variance;

/**
 * Clones one operation by way of its serialised form, and proves that nothing was lost.
 *
 * <p>M2.1 drops some arguments when it serialises (a variance comes back bias corrected, whatever
 * it was); a lost argument would be silently wrong numbers. What has a setter is repaired,
 * everything that reaches the native call is then compared.
 */
final class OpClone {

    private final SameDiff source;
    private final List<SDVariable> variables;
    private final Map<String, Integer> variableIds = new HashMap<>();

    private OpClone(SameDiff source) {
        this.source = source;
        this.variables = source.variables();
    }

    /** Looks at the graph once: SameDiff lists all its variables anew whenever it is asked. */
    static OpClone from(SameDiff source) {
        OpClone clone = new OpClone(source);
        clone.variables.forEach(
                variable -> clone.variableIds.put(variable.name(), clone.variableIds.size()));
        return clone;
    }

    /**
     * A copy of an operation of the graph.
     *
     * @throws IllegalArgumentException if the operation cannot be cloned without loss
     */
    DifferentialFunction of(SameDiffOp entry) {
        DifferentialFunction op = entry.getOp();
        if (!entry.getName().equals(op.getOwnName())) {
            throw refusal(entry, "its own name is " + op.getOwnName());
        }
        DifferentialFunction clone = roundTrip(entry);
        repair(op, clone);
        List<String> before = arguments(op);
        List<String> after = arguments(clone);
        if (!before.equals(after)) {
            throw refusal(entry, "its arguments " + before + " come back as " + after);
        }
        return clone;
    }

    /** Whether stock serialising keeps all arguments, so that a saved graph computes the same. */
    boolean survivesSaving(SameDiffOp entry) {
        return arguments(entry.getOp()).equals(arguments(roundTrip(entry)));
    }

    /** {@code FlatBuffersMapper.cloneViaSerialize}, which takes O(variables) for each operation. */
    private DifferentialFunction roundTrip(SameDiffOp entry) {
        try {
            FlatBufferBuilder buffer = new FlatBufferBuilder();
            int node =
                    FlatBuffersMapper.asFlatNode(
                            source,
                            entry.getOp(),
                            buffer,
                            variables,
                            variableIds,
                            new HashMap<>(),
                            new HashMap<>(),
                            new AtomicInteger(),
                            0);
            buffer.finish(node);
            return FlatBuffersMapper.fromFlatNode(FlatNode.getRootAsFlatNode(buffer.dataBuffer()));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    refusal(entry, String.valueOf(e.getMessage())).getMessage(), e);
        }
    }

    private static void repair(DifferentialFunction op, DifferentialFunction clone) {
        if (op instanceof BaseReduceOp reduce && clone instanceof BaseReduceOp copy) {
            copy.setKeepDims(reduce.isKeepDims());
        }
        if (op instanceof Variance variance && clone instanceof Variance copy) {
            copy.setBiasCorrected(variance.isBiasCorrected());
        }
    }

    /** All that the native call gets from the operation object, in a comparable form. */
    private static List<String> arguments(DifferentialFunction op) {
        List<String> all = new ArrayList<>();
        all.add(op.getClass().getName());
        all.add(op.opName());
        if (op instanceof DynamicCustomOp custom) {
            all.add("integers " + Arrays.toString(custom.iArgs()));
            all.add("reals " + Arrays.toString(custom.tArgs()));
            all.add("booleans " + Arrays.toString(custom.bArgs()));
            all.add("types " + Arrays.toString(custom.dArgs()));
            all.add("strings " + Arrays.toString(custom.sArgs()));
        } else {
            all.add("extra " + extra(op.getExtraArgs()));
            all.add("dimensions " + dimensions(op.getDimensions()));
        }
        if (op instanceof BaseReduceOp reduce) {
            all.add("keepDims " + reduce.isKeepDims());
        }
        if (op instanceof Variance variance) {
            all.add("biasCorrected " + variance.isBiasCorrected());
        }
        if (op instanceof ScalarOp scalar) {
            all.add("scalar " + text(scalar.scalar()));
        }
        if (op instanceof Op legacy) {
            all.add("number " + legacy.opNum());
        }
        return all;
    }

    /** Extra arguments as doubles: serialising turns every number into one. */
    private static List<Double> extra(Object @Nullable [] arguments) {
        return arguments == null
                ? List.of()
                : Arrays.stream(arguments)
                        .map(argument -> ((Number) Objects.requireNonNull(argument)).doubleValue())
                        .toList();
    }

    private static String dimensions(int @Nullable [] dimensions) {
        return dimensions == null ? "[]" : Arrays.toString(dimensions);
    }

    private static String text(@Nullable INDArray scalar) {
        return scalar == null ? "none" : scalar.dataType() + " " + scalar.getDouble(0);
    }

    private static IllegalArgumentException refusal(SameDiffOp entry, String reason) {
        return new IllegalArgumentException(
                "operation "
                        + entry.getName()
                        + " ("
                        + entry.getOp().opName()
                        + ") cannot be copied: "
                        + reason
                        + "; write it with another operation");
    }
}
