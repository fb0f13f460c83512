// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A graph, ready to be run: steps in order, on buffers that each step may find by their index.
 *
 * @param steps in the order of their stages
 * @param buffers constants, inputs and scratch memory
 * @param stages in running order
 * @param inputs what the caller gives, by name
 * @param outputs what the caller gets, by name
 * @param cuts of a program in stages, the outermost first
 */
public record Program(
        List<Placed> steps,
        List<Buffer> buffers,
        List<Stage> stages,
        Map<String, Port> inputs,
        Map<String, Port> outputs,
        List<Place> cuts) {

    /**
     * Where a cut is.
     *
     * @param boundary the cached feature
     * @param skip what a gate looks at; none without a gate
     */
    public record Place(Operand boundary, @Nullable Operand skip) {}

    /**
     * A step of a stage.
     *
     * @param stage index in {@link Program#stages()}
     * @param nodes names of the graph's operations that it does
     */
    public record Placed(Step step, int stage, List<String> nodes) {}

    /** An input or output: what the caller sees, and where it is. */
    public record Port(DataType type, Shape shape, Operand operand) {}

    public Program {
        steps = List.copyOf(steps);
        buffers = List.copyOf(buffers);
        stages = List.copyOf(stages);
        cuts = List.copyOf(cuts);
        inputs = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(inputs));
        outputs = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(outputs));
    }
}
