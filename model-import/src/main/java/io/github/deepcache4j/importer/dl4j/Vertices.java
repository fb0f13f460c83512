// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;

/** How each class of vertex is imported. */
final class Vertices {

    private static final Set<Class<?>> KNOWN =
            Set.of(
                    PreprocessorVertex.class,
                    MergeVertex.class,
                    ElementWiseVertex.class,
                    ScaleVertex.class,
                    ShiftVertex.class,
                    SubsetVertex.class,
                    StackVertex.class,
                    ReshapeVertex.class,
                    L2NormalizeVertex.class,
                    PoolHelperVertex.class);

    private Vertices() {}

    /** The class of a vertex, or of the layer in it, that cannot be imported. */
    static Optional<String> missing(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            return Layers.missing(layer.getLayerConf().getLayer());
        } else if (vertex instanceof FrozenVertex frozen) {
            return missing(frozen.getUnderlying());
        }
        return KNOWN.contains(vertex.getClass())
                ? Optional.empty()
                : Optional.of(vertex.getClass().getName());
    }

    static Activation lower(VertexCall call, GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            VertexCall prepared =
                    layer.getPreProcessor() == null
                            ? call
                            : call.on(Preprocessors.lower(call, layer.getPreProcessor()));
            return Layers.lower(prepared, layer.getLayerConf().getLayer());
        } else if (vertex instanceof FrozenVertex frozen) {
            return lower(call, frozen.getUnderlying());
        } else if (vertex instanceof PreprocessorVertex preprocessor) {
            return Preprocessors.lower(call, preprocessor.getPreProcessor());
        } else if (vertex instanceof MergeVertex merge) {
            return merged(call, merge);
        } else if (vertex instanceof ElementWiseVertex elementwise) {
            return elementwise(call, elementwise.getOp());
        } else if (vertex instanceof ScaleVertex scale) {
            String factor = call.scalar(scale.getScaleFactor());
            return call.input().with(call.operator("Mul", call.input().tensor(), factor));
        } else if (vertex instanceof ShiftVertex shift) {
            String term = call.scalar(shift.getShiftFactor());
            return call.input().with(call.operator("Add", call.input().tensor(), term));
        } else if (vertex instanceof SubsetVertex subset) {
            return subset(call, subset);
        } else if (vertex instanceof StackVertex) {
            return concatenated(call, 0);
        } else if (vertex instanceof ReshapeVertex reshape) {
            return reshaped(call, reshape);
        } else if (vertex instanceof L2NormalizeVertex normalize) {
            return normalized(call, normalize);
        } else if (vertex instanceof PoolHelperVertex) {
            return ShapeLayers.cropped(call, call.input(4), new long[] {1, 1}, new long[] {0, 0});
        }
        throw new IllegalArgumentException(vertex.getClass().getName());
    }

    private static Activation merged(VertexCall call, MergeVertex vertex) {
        Activation first = call.inputs().get(0);
        // features of two axes have no other place
        return concatenated(call, first.rank() == 2 ? 1 : vertex.getMergeAxis());
    }

    private static Activation concatenated(VertexCall call, long axis) {
        Activation first = sameForm(call);
        if (call.inputs().size() == 1) {
            return first;
        }
        Map<String, Object> attributes = Map.of("axis", call.axis(first, axis));
        return first.with(call.operator("Concat", attributes, tensors(call)));
    }

    private static String[] tensors(VertexCall call) {
        return call.inputs().stream().map(Activation::tensor).toArray(String[]::new);
    }

    private static Activation sameForm(VertexCall call) {
        Activation first = call.inputs().get(0);
        for (Activation other : call.inputs()) {
            if (other.rank() != first.rank()) {
                throw call.refuse("inputs of " + first.rank() + " and " + other.rank() + " axes");
            }
            call.requireFormat(other, first.channelsLast());
        }
        return first;
    }

    private static Activation elementwise(VertexCall call, ElementWiseVertex.Op op) {
        Activation first = sameForm(call);
        String[] tensors = tensors(call);
        return switch (op) {
            case Add -> folded(call, "Add");
            case Product -> folded(call, "Mul");
            case Max -> folded(call, "Max");
            case Subtract -> {
                if (tensors.length != 2) {
                    throw call.refuse("Subtract of " + tensors.length + " inputs");
                }
                yield folded(call, "Sub");
            }
            case Average -> {
                Activation sum = folded(call, "Add");
                String count = call.scalar(1.0 / tensors.length);
                yield first.with(call.operator("Mul", sum.tensor(), count));
            }
            default -> throw call.refuse("operation " + op + " is not supported");
        };
    }

    private static Activation folded(VertexCall call, String operator) {
        Activation first = call.inputs().get(0);
        String result = first.tensor();
        for (Activation other : call.inputs().subList(1, call.inputs().size())) {
            result = call.operator(operator, result, other.tensor());
        }
        return first.with(result);
    }

    /** Of axis 1 of DL4J's array, both ends included. */
    private static Activation subset(VertexCall call, SubsetVertex vertex) {
        Activation x = call.input();
        return x.with(
                call.operator(
                        "Slice",
                        x.tensor(),
                        call.longs(vertex.getFrom()),
                        call.longs(vertex.getTo() + 1L),
                        call.longs(call.axis(x, 1))));
    }

    private static Activation reshaped(VertexCall call, ReshapeVertex vertex) {
        int[] shape = vertex.getNewShape();
        if (vertex.getReshapeOrder() != 'c' || shape.length < 2 || shape.length > 4) {
            throw call.refuse(
                    "a reshape in order "
                            + vertex.getReshapeOrder()
                            + " to "
                            + shape.length
                            + " axes is not supported");
        }
        long[] sizes = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = shape[i];
        }
        String result = call.reshape(call.asDl4j(call.input()), sizes);
        return new Activation(result, shape.length, false);
    }

    /** x / sqrt(sum of x squared + eps), over all axes but the batch. */
    private static Activation normalized(VertexCall call, L2NormalizeVertex vertex) {
        Activation x = call.input();
        int[] named = vertex.getDimension();
        long[] axes = new long[named == null || named.length == 0 ? x.rank() - 1 : named.length];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = named == null || named.length == 0 ? i + 1L : call.axis(x, named[i]);
        }
        String norm =
                call.operator("ReduceL2", Map.of("keepdims", 1L), x.tensor(), call.longs(axes));
        String safe = call.operator("Max", norm, call.scalar(vertex.getEps()));
        return x.with(call.operator("Div", x.tensor(), safe));
    }
}
