// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Cut;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.lowering.Lowering;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;

/** An engine that lowers graphs to programs; engines differ in the backend that runs these. */
public abstract class PreparedEngine implements Engine {

    /** What runs the steps of a program; closed with the graph. */
    protected abstract Backend backend(Program program);

    @Override
    public final CompiledGraph compile(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return prepare(graph, outputs, inputShapes, precision, List.of());
    }

    @Override
    public final StagedGraph compileStaged(
            SameDiff graph,
            String output,
            List<Cut> cuts,
            Map<String, Shape> inputShapes,
            Precision precision) {
        return prepare(graph, List.of(output), inputShapes, precision, cuts);
    }

    private PreparedGraph prepare(
            SameDiff graph,
            List<String> outputs,
            Map<String, Shape> inputShapes,
            Precision precision,
            List<Cut> cuts) {
        requireAvailable(precision);
        Program program = Lowering.lower(graph, outputs, inputShapes, precision, cuts);
        return PreparedGraph.of(program, backend(program));
    }
}
