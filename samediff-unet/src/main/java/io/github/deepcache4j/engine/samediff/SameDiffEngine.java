// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Cut;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.InputSpec;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Runs graphs with stock {@code SameDiff.output}; f32 only. The slowest engine, and the reference
 * for the others.
 *
 * <p>Every compiled graph is a {@link GraphCopy} of its own: SameDiff changes its operation objects
 * while it runs them, so two threads must not share one instance.
 */
public final class SameDiffEngine implements Engine {

    @Override
    public String name() {
        return "samediff";
    }

    @Override
    public Optional<String> unavailable(Precision precision) {
        return precision == Precision.F32
                ? Optional.empty()
                : Optional.of(
                        "engine samediff runs in f32 only, not in " + precision + "; take onednn");
    }

    @Override
    public StagedGraph compileStaged(
            SameDiff graph,
            String output,
            List<Cut> cuts,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return SameDiffStagedGraph.of(this, graph, output, cuts, inputShapes, precision);
    }

    /**
     * {@inheritDoc}
     *
     * <p>The arrays that its {@link CompiledGraph#run} returns stay valid; none is reused.
     */
    @Override
    public CompiledGraph compile(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision) {
        requireAvailable(precision);
        SameDiff copy = GraphCopy.of(graph, outputs);
        List<String> faults = new ArrayList<>();
        inputShapes.keySet().stream()
                .filter(name -> !isPlaceholder(graph, name))
                .forEach(name -> faults.add("the graph has no input " + name));
        Map<String, InputSpec> inputs = new LinkedHashMap<>();
        for (String name : copy.inputs()) {
            Shape shape = inputShapes.get(name);
            if (shape == null) {
                faults.add("the shape of input " + name + " is not given");
            } else if (!fits(copy.getVariable(name).getShape(), shape)) {
                faults.add(
                        "input "
                                + name
                                + " was declared as "
                                + Arrays.toString(copy.getVariable(name).getShape())
                                + ", not "
                                + shape);
            } else {
                inputs.put(name, new InputSpec(copy.getVariable(name).dataType(), shape));
            }
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("cannot compile: " + String.join("; ", faults));
        }
        return new SameDiffCompiledGraph(copy, List.copyOf(outputs), inputs);
    }

    private static boolean isPlaceholder(SameDiff graph, String name) {
        SDVariable variable = graph.getVariable(name);
        return variable != null && variable.isPlaceHolder();
    }

    /** Whether sizes agree with a declaration, in which -1 (or no shape at all) means any. */
    private static boolean fits(long @Nullable [] declared, Shape shape) {
        if (declared == null) {
            return true;
        }
        // A file without a shape comes back as rank 0, as a scalar does: do not judge.
        if (declared.length == 0) {
            return true;
        }
        if (declared.length != shape.rank()) {
            return false;
        }
        for (int axis = 0; axis < declared.length; axis++) {
            if (declared[axis] >= 0 && declared[axis] != shape.size(axis)) {
                return false;
            }
        }
        return true;
    }
}
