// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static io.github.deepcache4j.importer.onnx.OnnxAttributes.attribute;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.integer;
import static io.github.deepcache4j.importer.onnx.OnnxAttributes.text;

import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Step;
import io.github.deepcache4j.importer.onnx.RandomOnnxGraph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Steps on images {@code [batch, channels, height, width]}: convolution, pooling, resizing. */
final class RandomImageSteps {

    private RandomImageSteps() {}

    static Map<String, Step> all() {
        Map<String, Step> all = new LinkedHashMap<>();
        all.put("Conv", RandomImageSteps::convolution);
        all.put("ConvTranspose", RandomImageSteps::transposedConvolution);
        all.put("AveragePool", RandomImageSteps::averagePool);
        all.put("GlobalAveragePool", RandomImageSteps::globalAveragePool);
        all.put("Resize nearest", (g, x) -> resize(g, x, "nearest"));
        all.put("Resize linear", (g, x) -> resize(g, x, "linear"));
        all.put("Resize cubic", (g, x) -> resize(g, x, "cubic"));
        return all;
    }

    /** Kernel, strides, pads and dilations of the two axes of an image. */
    private record Frame(long[] kernel, long[] strides, long[] pads, long[] dilations) {

        static Frame random(RandomOnnxGraph g, boolean dilated) {
            long[] kernel = {g.oneOf(1, 2, 3), g.oneOf(1, 3)};
            long[] pads = new long[4];
            for (int i = 0; i < pads.length; i++) {
                // a window that sees nothing but padding has no average
                pads[i] = g.random.nextInt((int) kernel[i % 2]);
            }
            long[] strides = {g.oneOf(1, 1, 2), g.oneOf(1, 2)};
            long[] dilations = {dilated ? g.oneOf(1, 2) : 1, dilated ? g.oneOf(1, 2) : 1};
            return new Frame(kernel, strides, pads, dilations);
        }

        long extent(int i) {
            return dilations[i] * (kernel[i] - 1) + 1;
        }

        long convolved(int i, long size) {
            long room = size + pads[i] + pads[i + 2] - extent(i);
            return room < 0 ? 0 : room / strides[i] + 1;
        }

        long deconvolved(int i, long size) {
            return (size - 1) * strides[i] + extent(i) - pads[i] - pads[i + 2];
        }
    }

    private static boolean convolution(RandomOnnxGraph g, Value x) {
        if (x.rank() != 4) {
            return false;
        }
        Frame frame = Frame.random(g, true);
        long groups = x.size(1) % 2 == 0 ? g.oneOf(1, 2, x.size(1)) : 1;
        long out = groups * g.oneOf(1, 2);
        long height = frame.convolved(0, x.size(2));
        long width = frame.convolved(1, x.size(3));
        if (height < 1 || width < 1) {
            return false;
        }
        long in = x.size(1) / groups;
        List<Long> kernel = List.of(out, in, frame.kernel[0], frame.kernel[1]);
        long fanIn = in * frame.kernel[0] * frame.kernel[1];
        return convolve(g, "Conv", x, frame, groups, fanIn, kernel, out, height, width);
    }

    private static boolean transposedConvolution(RandomOnnxGraph g, Value x) {
        if (x.rank() != 4) {
            return false;
        }
        Frame frame = Frame.random(g, true);
        long groups = x.size(1) % 2 == 0 ? g.oneOf(1, 2) : 1;
        long each = g.oneOf(1, 2, 3);
        long height = frame.deconvolved(0, x.size(2));
        long width = frame.deconvolved(1, x.size(3));
        if (height < 1 || width < 1) {
            return false;
        }
        List<Long> kernel = List.of(x.size(1), each, frame.kernel[0], frame.kernel[1]);
        long fanIn = x.size(1) / groups * frame.kernel[0] * frame.kernel[1];
        long out = groups * each;
        return convolve(g, "ConvTranspose", x, frame, groups, fanIn, kernel, out, height, width);
    }

    private static boolean convolve(
            RandomOnnxGraph g,
            String op,
            Value x,
            Frame frame,
            long groups,
            long fanIn,
            List<Long> kernel,
            long out,
            long height,
            long width) {
        List<String> inputs =
                new ArrayList<>(List.of(x.name(), RandomProductSteps.weights(g, fanIn, kernel)));
        if (g.random.nextBoolean()) {
            inputs.add(g.floats(0.2, 0.5, List.of(out)));
        }
        return g.add(
                op,
                List.of(x.size(0), out, height, width),
                x.bound() + 1,
                inputs,
                attribute("kernel_shape", frame.kernel),
                attribute("strides", frame.strides),
                attribute("pads", frame.pads),
                attribute("dilations", frame.dilations),
                integer("group", groups));
    }

    private static boolean averagePool(RandomOnnxGraph g, Value x) {
        if (x.rank() != 4) {
            return false;
        }
        Frame frame = Frame.random(g, false);
        // ONNX Runtime 1.22 counts too few below where pads are [2, 0, 1, 1] or [1, 0, 1, 0]
        boolean alike = frame.pads[1] == frame.pads[2];
        int withPadding = alike ? g.random.nextInt(2) : 0;
        long height = frame.convolved(0, x.size(2));
        long width = frame.convolved(1, x.size(3));
        return height > 0
                && width > 0
                && g.add(
                        "AveragePool",
                        List.of(x.size(0), x.size(1), height, width),
                        x.bound(),
                        List.of(x.name()),
                        attribute("kernel_shape", frame.kernel),
                        attribute("strides", frame.strides),
                        attribute("pads", frame.pads),
                        integer("count_include_pad", withPadding));
    }

    private static boolean globalAveragePool(RandomOnnxGraph g, Value x) {
        return x.rank() >= 3
                && x.rank() <= 4
                && g.add("GlobalAveragePool", pooled(x), x.bound(), List.of(x.name()));
    }

    private static List<Long> pooled(Value x) {
        List<Long> shape = new ArrayList<>(x.shape());
        for (int axis = 2; axis < shape.size(); axis++) {
            shape.set(axis, 1L);
        }
        return shape;
    }

    /** To asked sizes, so that rounding a scale decides nothing. */
    private static boolean resize(RandomOnnxGraph g, Value x, String mode) {
        if (x.rank() != 4) {
            return false;
        }
        boolean whole = g.random.nextBoolean();
        long height = whole ? 2 * x.size(2) : 2 + g.random.nextInt(7);
        long width = whole ? g.oneOf(1, 2) * x.size(3) : 2 + g.random.nextInt(7);
        String coordinates = g.random.nextBoolean() ? "half_pixel" : "asymmetric";
        if (!mode.equals("nearest") && g.random.nextInt(3) == 0) {
            coordinates = "align_corners";
        }
        return g.add(
                "Resize",
                List.of(x.size(0), x.size(1), height, width),
                x.bound() + 1,
                List.of(x.name(), "", "", g.integers(x.size(0), x.size(1), height, width)),
                text("mode", mode),
                text("coordinate_transformation_mode", coordinates),
                text("nearest_mode", g.random.nextBoolean() ? "floor" : "round_prefer_floor"));
    }
}
