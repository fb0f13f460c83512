// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
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

    private OpClone() {}

    /**
     * @param variableIds any number for every variable of the graph; built once, since the overload
     *     without it builds it for every operation
     * @throws IllegalArgumentException if the operation cannot be cloned without loss
     */
    static DifferentialFunction of(
            SameDiff source, SameDiffOp entry, Map<String, Integer> variableIds) {
        DifferentialFunction op = entry.getOp();
        if (!entry.getName().equals(op.getOwnName())) {
            throw refusal(entry, "its own name is " + op.getOwnName());
        }
        DifferentialFunction clone = roundTrip(source, entry, variableIds);
        repair(op, clone);
        List<String> before = arguments(op);
        List<String> after = arguments(clone);
        if (!before.equals(after)) {
            throw refusal(entry, "its arguments " + before + " come back as " + after);
        }
        return clone;
    }

    /** Whether stock serialising keeps all arguments, so that a saved graph computes the same. */
    static boolean survivesSaving(
            SameDiff source, SameDiffOp entry, Map<String, Integer> variableIds) {
        return arguments(entry.getOp()).equals(arguments(roundTrip(source, entry, variableIds)));
    }

    private static DifferentialFunction roundTrip(
            SameDiff source, SameDiffOp entry, Map<String, Integer> variableIds) {
        try {
            return FlatBuffersMapper.cloneViaSerialize(source, entry.getOp(), variableIds);
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
