// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.InputSpec;
import io.github.deepcache4j.engine.StagedGraph;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.lowering.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program with its memory and instructions. Runs whole, or in stages around a cached feature.
 *
 * <p>The feature of the last step stays in the program's own buffer; it is moved out only when a
 * step with another cache key needs the place.
 */
public final class PreparedGraph implements CompiledGraph, StagedGraph {

    private final Program program;
    private final Backend backend;
    private final Memory memory;
    private final List<Instruction> instructions = new ArrayList<>();
    private final Map<String, InputSpec> specs = new LinkedHashMap<>();
    private final Map<String, INDArray> inputs = new HashMap<>();
    private final Map<String, Contents> contents = new HashMap<>();
    private final Map<String, INDArray> results = new LinkedHashMap<>();
    private final Map<String, INDArray> readOnlyResults = Collections.unmodifiableMap(results);
    private final boolean[] fresh;
    private final @Nullable INDArray boundary;
    private @Nullable Feature resident;
    private boolean closed;

    private PreparedGraph(Program program, Backend backend, Memory memory) {
        this.program = program;
        this.backend = backend;
        this.memory = memory;
        this.fresh = new boolean[program.stages().size()];
        this.boundary = program.boundary() == null ? null : memory.array(program.boundary());
        program.inputs()
                .forEach(
                        (name, port) -> {
                            specs.put(name, new InputSpec(port.type(), port.shape()));
                            inputs.put(name, memory.array(port.operand()));
                        });
        program.outputs().forEach((name, port) -> results.put(name, memory.array(port.operand())));
    }

    /**
     * Allocates the memory and prepares all steps.
     *
     * @param backend belongs to the result from now on
     */
    public static PreparedGraph of(Program program, Backend backend) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            PreparedGraph graph = new PreparedGraph(program, backend, Memory.of(program));
            try {
                program.steps()
                        .forEach(
                                placed ->
                                        graph.instructions.add(
                                                backend.prepare(placed.step(), graph.memory)));
                return graph;
            } catch (RuntimeException | Error e) {
                graph.close();
                throw e;
            }
        }
    }

    @Override
    public Map<String, INDArray> run(Map<String, INDArray> given) {
        bind(given);
        execute(true);
        return readOnlyResults;
    }

    @Override
    public INDArray runFull(Map<String, INDArray> given, Feature feature) {
        bind(given);
        makeRoom(feature);
        execute(true);
        INDArray buffer = Objects.requireNonNull(boundary);
        feature.filled(buffer.length() * buffer.dataType().width());
        resident = feature;
        return results.values().iterator().next();
    }

    @Override
    public INDArray runCached(Map<String, INDArray> given, Feature feature) {
        if (!feature.isFilled()) {
            throw new IllegalArgumentException("the feature is empty; run a full step first");
        }
        bind(given);
        if (resident != feature) {
            makeRoom(feature);
            Objects.requireNonNull(boundary).assign(Objects.requireNonNull(feature.contents()));
            resident = feature;
        }
        execute(false);
        return results.values().iterator().next();
    }

    /** Moves the feature of another key out of the buffer. */
    private void makeRoom(Feature next) {
        INDArray buffer = Objects.requireNonNull(boundary, "not compiled in stages");
        if (resident != null && resident != next) {
            INDArray kept = resident.contents();
            if (kept == null) {
                resident.contents(buffer.dup());
            } else {
                kept.assign(buffer);
            }
        }
    }

    private void bind(Map<String, INDArray> given) {
        if (closed) {
            throw new IllegalStateException(
                    "this compiled graph (outputs "
                            + program.outputs().keySet()
                            + ") was closed; compile it again");
        }
        InputSpec.check(specs, given).forEach(this::bind);
    }

    private void bind(String name, INDArray array) {
        INDArray place = Objects.requireNonNull(inputs.get(name));
        if (contents.computeIfAbsent(name, key -> new Contents()).changed(array)) {
            place.assign(array);
            for (int i = 0; i < fresh.length; i++) {
                fresh[i] &= !program.stages().get(i).inputs().contains(name);
            }
        }
    }

    private void execute(boolean full) {
        List<Program.Placed> steps = program.steps();
        for (int i = 0; i < instructions.size(); i++) {
            if (runs(steps.get(i).stage(), full)) {
                instructions.get(i).run();
            }
        }
        for (int i = 0; i < fresh.length; i++) {
            fresh[i] |= runs(i, full);
        }
    }

    private boolean runs(int index, boolean full) {
        Stage stage = program.stages().get(index);
        return (full || !stage.deepOnly()) && !(stage.kind() == Stage.Kind.STEADY && fresh[index]);
    }

    @Override
    public long bytes() {
        return memory.bytes() + backend.bytes();
    }

    @Override
    public String explain() {
        return Explanation.of(program, instructions);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            instructions.forEach(Instruction::close);
            backend.close();
            memory.close();
        }
    }
}
