// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import io.github.deepcache4j.graph.Shape;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The ND4J operations that can change the resolution of a feature map. Their data operand is always
 * the first.
 *
 * <p>A resolution is an <em>area</em>: the number of positions, height times width (or length). One
 * number suffices, works for one and two dimensions, and needs no layout for the operations that
 * keep their channels. Areas count as equal up to a factor of 1.5, so that padding by one, or
 * cropping an odd map, is not a change; a stride of 2 changes the area by at least 2.25 from size 3
 * on.
 */
final class Resampling {

    private static final double TOLERANCE = 1.5;

    private Resampling() {}

    static boolean lower(double area, double than) {
        return area * TOLERANCE <= than;
    }

    static boolean same(double area, double other) {
        return !lower(area, other) && !lower(other, area);
    }

    /** True for operations of {@link #outputArea}. */
    static boolean isResampling(DataflowGraph graph, Node node) {
        return layoutArgument(node.op()) >= 0
                || keepsChannels(node.op())
                || isShuffle(node.op())
                || cropped(graph, node).isPresent();
    }

    /**
     * Area of the result of a resampling operation whose data operand has the area {@code area}.
     */
    static double outputArea(DataflowGraph graph, Node node, double area) {
        Shape in = graph.value(node.inputs().get(0)).shape();
        Shape out = graph.value(node.outputs().get(0)).shape();
        if (layoutArgument(node.op()) >= 0) {
            return positions(out, node);
        }
        if (cropped(graph, node).isPresent()) {
            return positions(out, cropped(graph, node).get());
        }
        if (keepsChannels(node.op())) {
            return area * out.elements() / in.elements();
        }
        long block = node.integers().isEmpty() ? 2 : node.integers().get(0);
        return node.op().equals("depth_to_space") ? area * block * block : area / (block * block);
    }

    /** Area of the data operand, for operations that say their layout; else empty. */
    static OptionalDouble inputArea(DataflowGraph graph, Node node) {
        return layoutArgument(node.op()) >= 0
                ? OptionalDouble.of(positions(graph.value(node.inputs().get(0)).shape(), node))
                : OptionalDouble.empty();
    }

    /** Elements per batch entry and channel: axis 0 is the batch, the layout tells the channels. */
    private static double positions(Shape shape, Node node) {
        int argument = layoutArgument(node.op());
        boolean channelsLast =
                node.integers().size() > argument && node.integers().get(argument) != 0;
        return (double) shape.elements()
                / shape.size(0)
                / shape.size(channelsLast ? shape.rank() - 1 : 1);
    }

    /**
     * The transposed convolution whose result a node crops: padding written as a slice, which for a
     * long kernel on a small map is most of the result.
     */
    private static Optional<Node> cropped(DataflowGraph graph, Node node) {
        return node.op().equals("strided_slice")
                ? graph.producer(node.inputs().get(0)).filter(n -> n.op().equals("deconv2d"))
                : Optional.empty();
    }

    /** Place of "0: channels first, 1: channels last" among the integer arguments; or -1. */
    private static int layoutArgument(String op) {
        return switch (op) {
            case "conv2d", "depthwise_conv2d", "sconv2d", "deconv2d" -> 9;
            case "conv1d" -> 5;
            case "pointwise_conv2d" -> 0;
            default -> -1;
        };
    }

    private static boolean keepsChannels(String op) {
        return switch (op) {
            case "maxpool2d",
                    "avgpool2d",
                    "pnormpool2d",
                    "max_pool_with_argmax",
                    "upsampling2d",
                    "image_resize",
                    "resize_bilinear",
                    "resize_nearest_neighbor",
                    "resize_bicubic",
                    "resize_area" ->
                    true;
            default -> false;
        };
    }

    private static boolean isShuffle(String op) {
        return op.equals("depth_to_space") || op.equals("space_to_depth");
    }
}
