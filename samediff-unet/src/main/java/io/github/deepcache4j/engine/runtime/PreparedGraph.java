// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.Blend;
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
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program with its memory and instructions. Runs whole, or in stages around a cached feature
 * ({@link CutPlaces}).
 */
public final class PreparedGraph implements CompiledGraph, StagedGraph {

    private static final int NONE = -1;

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
    private final CutPlaces places;
    private final int[] afterPrefix;
    private int prefixOf = NONE;
    private boolean closed;

    private PreparedGraph(Program program, Backend backend, Memory memory) {
        this.program = program;
        this.backend = backend;
        this.memory = memory;
        this.fresh = new boolean[program.stages().size()];
        this.places = new CutPlaces(program, memory);
        this.afterPrefix = new int[places.count()];
        for (int cut = 0; cut < afterPrefix.length; cut++) {
            afterPrefix[cut] = endOfPrefix(program, cut);
        }
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

    /** Number of steps in front of a cut's boundary, in running order. */
    private static int endOfPrefix(Program program, int cut) {
        int end = 0;
        for (int i = 0; i < program.steps().size(); i++) {
            Stage stage = program.stages().get(program.steps().get(i).stage());
            if (stage.kind() == Stage.Kind.STEADY
                    || (stage.kind() == Stage.Kind.PREFIX && stage.level() <= cut)) {
                end = i + 1;
            }
        }
        return end;
    }

    @Override
    public Map<String, INDArray> run(Map<String, INDArray> given) {
        bind(given);
        execute(0, instructions.size(), full());
        return readOnlyResults;
    }

    @Override
    public INDArray runFull(Map<String, INDArray> given, List<Feature> features) {
        places.check(features);
        bind(given);
        return finishFull(features, 0);
    }

    @Override
    public INDArray runCached(Map<String, INDArray> given, int cut, Blend blend) {
        places.check(cut);
        blend.requireFilled();
        bind(given);
        return finishCached(cut, blend, 0);
    }

    @Override
    public INDArray runPrefix(Map<String, INDArray> given, int cut) {
        INDArray skip = places.skip(cut);
        bind(given);
        // steady stages of the deep region too: behind the prefix, their memory is taken
        execute(0, afterPrefix[cut], full());
        prefixOf = cut;
        return skip;
    }

    @Override
    public INDArray finishFull(List<Feature> features) {
        places.check(features);
        return finishFull(features, afterPrefix[takePrefix()]);
    }

    @Override
    public INDArray finishCached(Blend blend) {
        blend.requireFilled();
        int cut = takePrefix();
        return finishCached(cut, blend, afterPrefix[cut]);
    }

    private int takePrefix() {
        if (prefixOf == NONE) {
            throw new IllegalStateException("no prefix was run; call runPrefix first");
        }
        int cut = prefixOf;
        prefixOf = NONE;
        return cut;
    }

    private INDArray finishFull(List<Feature> features, int from) {
        places.beforeFull(features);
        execute(from, instructions.size(), full());
        places.afterFull(features);
        return results.values().iterator().next();
    }

    private INDArray finishCached(int cut, Blend blend, int from) {
        places.beforeCached(cut, blend);
        execute(from, instructions.size(), cut);
        return results.values().iterator().next();
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

    /** Runs the steps of a range that are needed at a level. */
    private void execute(int from, int to, int level) {
        prefixOf = NONE;
        List<Program.Placed> steps = program.steps();
        for (int i = from; i < to; i++) {
            if (runs(steps.get(i).stage(), level)) {
                instructions.get(i).run();
            }
        }
        for (int i = 0; i < fresh.length; i++) {
            fresh[i] |= runs(i, level);
        }
    }

    private int full() {
        return places.count();
    }

    private boolean runs(int index, int level) {
        Stage stage = program.stages().get(index);
        return stage.level() <= level && !(stage.kind() == Stage.Kind.STEADY && fresh[index]);
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
