// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.samediff;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.InputSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;

/** Stock SameDiff behind the engine interface. */
final class SameDiffCompiledGraph implements CompiledGraph {

    /**
     * SameDiff's session remembers the id of every array it ever freed, about 80 bytes per
     * operation and run (M2.1, {@code InferenceSession.freedArrays}); a fresh session now and then
     * keeps that bounded and costs one warm-up of the array pool.
     */
    private static final int RUNS_PER_SESSION = 100;

    private final List<String> outputs;
    private final Map<String, InputSpec> inputs;
    private @Nullable SameDiff graph;
    private int runs;

    SameDiffCompiledGraph(SameDiff graph, List<String> outputs, Map<String, InputSpec> inputs) {
        this.graph = graph;
        this.outputs = outputs;
        this.inputs = inputs;
    }

    @Override
    public Map<String, INDArray> run(Map<String, INDArray> given) {
        SameDiff open = graph;
        if (open == null) {
            throw new IllegalStateException(
                    "this compiled graph (outputs " + outputs + ") was closed; compile it again");
        }
        Map<String, INDArray> placeholders = InputSpec.check(inputs, given);
        if (runs++ % RUNS_PER_SESSION == 0) {
            open.getSessions().clear();
        }
        Map<String, INDArray> computed = open.output(placeholders, outputs.toArray(String[]::new));
        Map<String, INDArray> results = new LinkedHashMap<>();
        for (String name : outputs) {
            INDArray array = Objects.requireNonNull(computed.get(name), name);
            // Outputs may alias an input or a weight (identity); what is returned must not.
            results.put(name, isFresh(open, name, array, placeholders) ? array : array.dup());
        }
        return results;
    }

    private static boolean isFresh(
            SameDiff graph, String name, INDArray array, Map<String, INDArray> placeholders) {
        return graph.getVariable(name).getVariableType() == VariableType.ARRAY
                && !(graph.getVariableOutputOp(name) instanceof Identity)
                && placeholders.values().stream().noneMatch(input -> input == array);
    }

    @Override
    public String explain() {
        return "samediff runs every operation of the graph as it is";
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.getSessions().clear();
            graph = null;
        }
    }
}
