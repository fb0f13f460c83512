// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A program under construction: buffers, and steps of the stage that is being lowered. */
final class ProgramBuilder {

    private record Copied(int stage, Operand from, DataType type, Layout layout) {}

    private final List<Program.Placed> steps = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<Copied, Operand> copies = new HashMap<>();
    private final Map<INDArray, Integer> constants = new IdentityHashMap<>();
    private final Map<Integer, Integer> writers = new HashMap<>();
    private final Set<Integer> steadyStages = new HashSet<>();
    private List<String> nodes = List.of();
    private int stage;

    /** Steps from now on belong to this stage and do these nodes of the graph. */
    void at(int stage, List<String> nodes) {
        this.stage = stage;
        this.nodes = nodes;
    }

    List<Buffer> buffers() {
        return buffers;
    }

    List<Program.Placed> steps() {
        return steps;
    }

    Operand create(DataType type, Layout layout) {
        Buffer buffer = new Buffer(buffers.size(), type, layout.shape().elements(), null, false);
        buffers.add(buffer);
        return new Operand(buffer.id(), type, layout, 0);
    }

    /** A fixed array; the same array is the same buffer. */
    Operand constant(INDArray array) {
        Integer known = constants.get(array);
        if (known == null) {
            known = buffers.size();
            constants.put(array, known);
            boolean rows =
                    array.ordering() == 'c' && array.elementWiseStride() == 1 || array.isScalar();
            INDArray contents = rows ? array : array.dup('c');
            buffers.add(new Buffer(known, array.dataType(), array.length(), contents, true));
        }
        return new Operand(known, array.dataType(), Layout.dense(Shape.of(array.shape())), 0);
    }

    /** The number as a tensor of one element. */
    Operand scalar(double value) {
        return constant(Nd4j.valueArrayOf(new long[] {1}, value, DataType.FLOAT));
    }

    @Nullable INDArray contents(Operand operand) {
        return buffers.get(operand.buffer()).constant();
    }

    void keep(Operand operand) {
        buffers.set(operand.buffer(), buffers.get(operand.buffer()).keep());
    }

    void add(Step step) {
        for (Operand read : step.inputs().toList()) {
            keepAcross(read);
        }
        step.results().forEach(result -> writers.put(result.buffer(), stage));
        steps.add(new Program.Placed(step, stage, nodes));
    }

    /** What a steady stage leaves for another stage must outlive the run. */
    private void keepAcross(Operand read) {
        Integer writer = writers.get(read.buffer());
        if (writer != null && writer != stage && steadyStages.contains(writer)) {
            keep(read);
        }
    }

    void steady(int index) {
        steadyStages.add(index);
    }

    /**
     * The operand, or a copy of it if it is a view of what a steady stage left: features of other
     * keys are moved in, which that stage would not notice.
     */
    Operand unsteady(Operand operand) {
        Integer writer = writers.get(operand.buffer());
        if (writer == null || !steadyStages.contains(writer)) {
            return operand;
        }
        Operand copy = create(operand.type(), operand.layout().gapless(operand.shape()));
        add(new Step.Copy(operand, copy));
        return copy;
    }

    /** The operand in another type or layout; copied at most once a stage. */
    Operand copied(Operand operand, DataType type, Layout layout) {
        if (operand.type() == type && operand.layout().sameAs(layout)) {
            return operand;
        }
        return copies.computeIfAbsent(
                new Copied(stage, operand, type, layout),
                key -> {
                    Operand target = create(type, layout);
                    add(new Step.Copy(operand, target));
                    return target;
                });
    }

    Operand dense(Operand operand) {
        return copied(operand, operand.type(), Layout.dense(operand.shape()));
    }

    Operand gapless(Operand operand) {
        return operand.layout().isGapless()
                ? operand
                : copied(operand, operand.type(), operand.layout().gapless(operand.shape()));
    }

    /** With other sizes; elements are moved only if they must. */
    Operand reshape(Operand operand, Shape shape) {
        return operand.layout()
                .reshape(shape)
                .map(operand::with)
                .orElseGet(
                        () -> {
                            Operand dense = dense(operand);
                            return dense.with(Layout.dense(shape));
                        });
    }
}
