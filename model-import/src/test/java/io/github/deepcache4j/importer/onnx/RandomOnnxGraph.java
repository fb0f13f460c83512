// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import onnx.OnnxMl.NodeProto;
import onnx.OnnxMl.OperatorSetIdProto;
import onnx.OnnxMl.TensorProto;
import onnx.OnnxMl.TensorShapeProto;
import onnx.OnnxMl.TypeProto;
import onnx.OnnxMl.ValueInfoProto;

/**
 * A random valid ONNX graph of smooth operators, grown node by node on two inputs. Smooth and
 * bounded, so that rounding stays rounding: the numbers of two runtimes that are both right agree
 * to a few units in the last place, also behind 40 nodes.
 */
final class RandomOnnxGraph {

    /** Adds a node or a few to a graph; false, and nothing is added, where it does not apply. */
    interface Step {
        boolean grow(RandomOnnxGraph graph, Value x);
    }

    /**
     * A tensor of the graph.
     *
     * @param bound about the largest absolute value; an estimate, which keeps exponentials small
     */
    record Value(String name, List<Long> shape, double bound) {

        int rank() {
            return shape.size();
        }

        long size(int axis) {
            return shape.get(axis);
        }

        long elements() {
            return shape.stream().reduce(1L, (a, b) -> a * b);
        }
    }

    private static final int FEWEST = 5;
    private static final int MOST = 40;

    /** Nodes that the longest step adds. */
    private static final int LONGEST_STEP = 10;

    private static final long MOST_ELEMENTS = 4096;
    private static final double MOST_BOUND = 40;

    /** About the largest of a few thousand numbers of the standard normal distribution. */
    private static final double INPUT_BOUND = 4;

    private static final int INNER_OUTPUTS = 3;
    private static final int OPSET = 21;
    private static final int IR_VERSION = 10;

    final Random random;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("random");
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Set<Value> hidden = new HashSet<>();
    private final Set<String> steps = new TreeSet<>();

    private RandomOnnxGraph(long seed) {
        random = new Random(seed);
    }

    static RandomOnnxGraph of(long seed) {
        RandomOnnxGraph result = new RandomOnnxGraph(seed);
        result.input("image", result.oneOf(1, 2), result.oneOf(2, 4, 6), result.size(), 4);
        result.input("text", result.oneOf(1, 2), result.size(), result.oneOf(4, 6));
        result.grow();
        result.chooseOutputs();
        return result;
    }

    /** All steps, by name. */
    static Map<String, Step> allSteps() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.putAll(RandomElementwiseSteps.all());
        all.putAll(RandomLayoutSteps.all());
        all.putAll(RandomProductSteps.all());
        all.putAll(RandomNormalizationSteps.all());
        all.putAll(RandomImageSteps.all());
        return all;
    }

    private void grow() {
        int target = FEWEST + random.nextInt(MOST - LONGEST_STEP - FEWEST);
        List<Map.Entry<String, Step>> all = List.copyOf(allSteps().entrySet());
        while (graph.getNodeCount() < target) {
            Map.Entry<String, Step> step = all.get(random.nextInt(all.size()));
            if (step.getValue().grow(this, recent())) {
                steps.add(step.getKey());
            }
        }
    }

    /** A value, rather one of the last: otherwise graphs grow wide, not deep. */
    private Value recent() {
        List<Value> all = values().stream().filter(value -> value.rank() > 0).toList();
        return all.get(Math.max(random.nextInt(all.size()), random.nextInt(all.size())));
    }

    private void chooseOutputs() {
        Set<String> read = new TreeSet<>();
        Set<String> written = new TreeSet<>();
        for (NodeProto node : graph.getNodeList()) {
            read.addAll(node.getInputList());
            written.addAll(node.getOutputList());
        }
        Set<String> outputs = new TreeSet<>(written);
        outputs.removeAll(read);
        List<String> all = List.copyOf(written);
        for (int i = 0; i < INNER_OUTPUTS; i++) {
            outputs.add(all.get(random.nextInt(all.size())));
        }
        outputs.forEach(name -> graph.addOutput(info(value(name))));
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalStateException(name + " has no shape");
        }
        return value;
    }

    private void input(String name, long... shape) {
        Value value = new Value(name, boxed(shape), INPUT_BOUND);
        values.put(name, value);
        graph.addInput(info(value));
    }

    private static ValueInfoProto info(Value value) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        value.shape().forEach(size -> shape.addDimBuilder().setDimValue(size));
        TypeProto.Builder type = TypeProto.newBuilder();
        type.getTensorTypeBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(shape);
        return ValueInfoProto.newBuilder().setName(value.name()).setType(type).build();
    }

    /** Whether a tensor of this size and these numbers may be added. */
    boolean allows(List<Long> shape, double bound) {
        Value value = new Value("", shape, bound);
        return value.elements() <= MOST_ELEMENTS && bound <= MOST_BOUND && value.rank() <= 5;
    }

    /** Adds a node of one output if {@link #allows} allows it. */
    boolean add(
            String op,
            List<Long> shape,
            double bound,
            List<String> inputs,
            AttributeProto... attributes) {
        if (!allows(shape, bound)) {
            return false;
        }
        node(op, shape, bound, inputs, attributes);
        return true;
    }

    Value node(
            String op,
            List<Long> shape,
            double bound,
            List<String> inputs,
            AttributeProto... attributes) {
        return nodes(op, List.of(shape), bound, inputs, attributes).get(0);
    }

    /** Adds a node of an output for each shape. */
    List<Value> nodes(
            String op,
            List<List<Long>> shapes,
            double bound,
            List<String> inputs,
            AttributeProto... attributes) {
        NodeProto.Builder node =
                NodeProto.newBuilder()
                        .setName(op + graph.getNodeCount())
                        .setOpType(op)
                        .addAllInput(inputs)
                        .addAllAttribute(Arrays.asList(attributes));
        List<Value> outputs = new ArrayList<>();
        for (List<Long> shape : shapes) {
            Value output = new Value("v" + values.size(), List.copyOf(shape), bound);
            values.put(output.name(), output);
            node.addOutput(output.name());
            outputs.add(output);
        }
        graph.addNode(node);
        return outputs;
    }

    /** A constant of numbers from offset - scale to offset + scale. */
    String floats(double offset, double scale, List<Long> shape) {
        TensorProto.Builder tensor = tensor(shape, TensorProto.DataType.FLOAT);
        for (long i = new Value("", shape, 0).elements(); i > 0; i--) {
            tensor.addFloatData((float) (offset + scale * (2 * random.nextDouble() - 1)));
        }
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    String integers(long... values) {
        TensorProto.Builder tensor =
                tensor(List.of((long) values.length), TensorProto.DataType.INT64);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    String mask(List<Long> shape) {
        TensorProto.Builder tensor = tensor(shape, TensorProto.DataType.BOOL);
        for (long i = new Value("", shape, 0).elements(); i > 0; i--) {
            tensor.addInt32Data(random.nextInt(2));
        }
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    private TensorProto.Builder tensor(List<Long> shape, TensorProto.DataType type) {
        return TensorProto.newBuilder()
                .setName("c" + graph.getInitializerCount())
                .setDataType(type.getNumber())
                .addAllDims(shape);
    }

    /** The values that steps may read. */
    List<Value> values() {
        return values.values().stream().filter(value -> !hidden.contains(value)).toList();
    }

    /** Keeps values of mean 0 from other steps: their mean is nothing but rounding. */
    void hide(Value... some) {
        hidden.addAll(Arrays.asList(some));
    }

    long oneOf(long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private long size() {
        return 3 + random.nextInt(4);
    }

    static List<Long> boxed(long... shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    /** Names of the steps that were taken. */
    Set<String> steps() {
        return steps;
    }

    int nodeCount() {
        return graph.getNodeCount();
    }

    ModelProto model() {
        Set<String> read = new TreeSet<>();
        graph.getNodeList().forEach(node -> read.addAll(node.getInputList()));
        List<TensorProto> constants =
                graph.getInitializerList().stream()
                        .filter(c -> read.contains(c.getName()))
                        .toList();
        GraphProto.Builder used = graph.clone().clearInitializer().addAllInitializer(constants);
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(used)
                .build();
    }

    /** Each node on a line, with the shape of its first output; then the constants. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        for (NodeProto node : graph.getNodeList()) {
            lines.append(node.getOutputList())
                    .append(" = ")
                    .append(node.getOpType())
                    .append(node.getInputList())
                    .append(" : ")
                    .append(value(node.getOutput(0)).shape());
            for (AttributeProto a : node.getAttributeList()) {
                lines.append(' ').append(a.toString().replaceAll("\\s+", " "));
            }
            lines.append('\n');
        }
        for (TensorProto constant : model().getGraph().getInitializerList()) {
            lines.append(constant.getName())
                    .append(constant.getDimsList())
                    .append(constant.getInt64DataList())
                    .append(' ');
        }
        return lines.toString();
    }
}
