// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.engine.Cut;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.GraphReader;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a graph of fixed shapes into a {@link Program}, in one pass over its nodes: constants are
 * folded, composites and post-ops joined ({@link Fusion}), reshapes and transposes become views,
 * activations of convolutions are channels-last, and what no step does stays an ND4J operation.
 */
public final class Lowering {

    private static final Set<String> CONTROL_FLOW =
            Set.of(
                    "switch",
                    "merge",
                    "enter",
                    "exit",
                    "next_iteration",
                    "loop_cond",
                    "while",
                    "Invoke");

    private final Source source;
    private final Staging staging;
    private final Fusion fusion;
    private final DataType computeType;
    private final ProgramBuilder builder = new ProgramBuilder();
    private final Map<Integer, Operand> operands = new HashMap<>();

    private Lowering(Source source, Staging staging, Precision precision) {
        this.source = source;
        this.staging = staging;
        this.fusion = Fusion.of(source);
        this.computeType = precision == Precision.BF16 ? DataType.BFLOAT16 : DataType.FLOAT;
    }

    /**
     * The program of a graph.
     *
     * @param sameDiff is only read; weight arrays are shared with it
     * @param outputs names of the tensors to compute
     * @param shapes sizes of the inputs
     * @param cuts where it may be cut, the outermost first; none for a graph that runs as a whole.
     *     A boundary is no output, unless it is named as one.
     * @throws IllegalArgumentException if an output is unknown, shapes do not fit, the cuts are not
     *     in order, or the graph has control flow
     */
    public static Program lower(
            SameDiff sameDiff,
            List<String> outputs,
            Map<String, Shape> shapes,
            Precision precision,
            List<Cut> cuts) {
        Set<String> named = new LinkedHashSet<>(outputs);
        for (Cut cut : cuts) {
            named.add(cut.boundary());
            if (cut.skip() != null) {
                named.add(cut.skip());
            }
        }
        List<String> targets = List.copyOf(named);
        SameDiff copy = GraphCopy.of(sameDiff, targets);
        DataflowGraph graph = GraphReader.read(copy, targets, shapes);
        refuseControlFlow(graph);
        Staging staging =
                Staging.of(
                        graph,
                        outputs.stream().map(name -> graph.value(name).id()).toList(),
                        cuts.stream().map(cut -> graph.value(cut.boundary()).id()).toList(),
                        steady(graph));
        Source source = new Source(graph, copy, staging, new HashSet<>(graph.outputs()));
        for (Node node : graph.nodes()) {
            ConstantFolding.fold(source, node);
        }
        return new Lowering(source, staging, precision).program(outputs, cuts);
    }

    /** Images change at every run; timesteps, labels and text states often stay. */
    private static Set<String> steady(DataflowGraph graph) {
        Set<String> names = new HashSet<>();
        graph.inputs().stream()
                .filter(input -> input.shape().rank() < 4)
                .forEach(input -> names.add(input.name()));
        return names;
    }

    private static void refuseControlFlow(DataflowGraph graph) {
        List<String> found =
                graph.nodes().stream()
                        .filter(node -> CONTROL_FLOW.contains(node.op()))
                        .map(node -> node.name() + " (" + node.op() + ")")
                        .toList();
        if (!found.isEmpty()) {
            throw new IllegalArgumentException(
                    "the graph has control flow, which only engine samediff runs: " + found);
        }
    }

    private Program program(List<String> outputs, List<Cut> cuts) {
        Map<String, Program.Port> inputs = new LinkedHashMap<>();
        for (Value input : source.graph().inputs()) {
            Operand operand = builder.create(input.type(), Layout.dense(input.shape()));
            builder.keep(operand);
            operands.put(input.id(), operand);
            inputs.put(input.name(), new Program.Port(input.type(), input.shape(), operand));
        }
        for (int i = 0; i < staging.stages().size(); i++) {
            if (staging.stages().get(i).kind() == Stage.Kind.STEADY) {
                builder.steady(i);
            }
        }
        staging.order(source.graph()).forEach(this::lower);
        List<Program.Place> places = cuts.stream().map(this::place).toList();
        Map<String, Program.Port> results = new LinkedHashMap<>();
        for (String name : outputs) {
            results.put(name, output(source.graph().value(name)));
        }
        return new Program(
                builder.steps(), builder.buffers(), staging.stages(), inputs, results, places);
    }

    private Program.Place place(Cut cut) {
        Operand boundary = operand(source.graph().value(cut.boundary()).id());
        builder.keep(boundary);
        return new Program.Place(
                boundary,
                cut.skip() == null ? null : operand(source.graph().value(cut.skip()).id()));
    }

    private Program.Port output(Value value) {
        builder.at(staging.stages().size() - 1, List.of(value.name()));
        Operand result = builder.create(value.type(), Layout.dense(value.shape()));
        builder.add(new Step.Copy(operand(value.id()), result));
        builder.keep(result);
        return new Program.Port(value.type(), value.shape(), result);
    }

    private void lower(Node node) {
        if (node.outputs().stream().allMatch(output -> source.constant(output) != null)) {
            return;
        }
        int stage = source.stage(node);
        for (Unit unit : fusion.endingAt(node)) {
            builder.at(stage, unit.names());
            operands.put(unit.result(), unit(unit));
        }
        if (fusion.covers(node)) {
            return;
        }
        builder.at(stage, List.of(node.name()));
        List<Operand> results =
                Views.lower(this, node)
                        .or(() -> Elementwise.lower(this, node).map(List::of))
                        .or(() -> Images.lower(this, node).map(List::of))
                        .orElseGet(() -> call(node));
        for (int i = 0; i < results.size(); i++) {
            operands.put(node.outputs().get(i), results.get(i));
        }
        for (int boundary : staging.boundaries()) {
            if (node.outputs().contains(boundary)) {
                operands.computeIfPresent(boundary, (id, it) -> builder.unsteady(it));
            }
        }
    }

    private Operand unit(Unit unit) {
        Node anchor = unit.anchor();
        if (anchor != null) {
            return anchor.op().equals("conv2d")
                    ? Convolutions.lower(this, unit)
                    : Products.lower(this, unit);
        }
        return Norms.lower(this, Objects.requireNonNull(unit.composite()));
    }

    /** What no step does: ND4J's own operation on dense operands of the declared types. */
    private List<Operand> call(Node node) {
        List<Operand> inputs = new ArrayList<>();
        for (int input : node.inputs()) {
            Operand operand = operand(input);
            inputs.add(
                    builder.copied(
                            operand,
                            source.graph().value(input).type(),
                            Layout.dense(operand.shape())));
        }
        List<Operand> outputs =
                node.outputs().stream()
                        .map(source.graph()::value)
                        .map(value -> builder.create(value.type(), Layout.dense(value.shape())))
                        .toList();
        builder.add(new Step.Nd4jCall(node.name(), source.function(node), inputs, outputs));
        return outputs;
    }

    /** Post-ops of a unit on a result of the given layout. */
    List<PostOp> postOps(Unit unit, UnaryOperator<Operand> view, Layout layout) {
        List<PostOp> all = new ArrayList<>();
        for (Unit.After after : unit.after()) {
            if (after.apply() != null) {
                all.add(new PostOp.Apply(after.apply()));
            } else {
                Operand other = view.apply(activation(after.other()));
                all.add(
                        new PostOp.Combine(
                                Objects.requireNonNull(after.combine()),
                                builder.copied(other, other.type(), layout)));
            }
        }
        return all;
    }

    Source source() {
        return source;
    }

    ProgramBuilder builder() {
        return builder;
    }

    /** Type of activations inside the program. */
    DataType computeType() {
        return computeType;
    }

    /** A constant as it is. */
    Operand value(int id) {
        INDArray array = source.constant(id);
        return array == null ? operand(id) : builder.constant(array);
    }

    /** A tensor wherever it lies, in the type that it was computed in. */
    Operand operand(int id) {
        Operand operand = operands.get(id);
        return operand == null ? value(id, source.constant(id)) : operand;
    }

    private Operand value(int id, @Nullable INDArray array) {
        if (array == null) {
            throw new IllegalStateException(
                    source.graph().value(id).name() + " is read before it is computed");
        }
        return builder.constant(array);
    }

    /**
     * The type of a function of these operands: that of activations once one of them has it. What
     * the timestep alone goes through in front of its first product, such as sines of angles up to
     * 1000, stays in single precision, since eight bits of an angle of 481 are off by a radian.
     */
    DataType typeOf(Operand... read) {
        return typeOf(List.of(read));
    }

    DataType typeOf(List<Operand> read) {
        return read.stream().anyMatch(operand -> operand.type() == computeType)
                ? computeType
                : DataType.FLOAT;
    }

    /** A tensor in the type of activations. */
    Operand activation(int id) {
        return as(computeType, operand(id));
    }

    /** The same in another type. */
    Operand as(DataType type, Operand operand) {
        return builder.copied(
                operand,
                type,
                operand.layout().isGapless() || operand.type() == type
                        ? operand.layout()
                        : operand.layout().gapless(operand.shape()));
    }
}
