// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A random U-Net from a seed, which knows its skips. Sample {@code x}, prediction {@code y}. */
final class RandomUNet {

    /** Names of the merge, of its two operands, and how they are joined. */
    record Expected(SkipConnection.Kind kind, String merge, String skip, String boundary) {}

    /** A feature map: its name, channels and size (square). */
    private record Feature(String name, int channels, int size) {}

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private final List<Expected> expected = new ArrayList<>();
    private final int levels;
    private final int blocks;
    private final boolean concat;
    private final boolean channelsLast;
    private final boolean resampleInBlocks;
    private final boolean control;
    private int count;

    RandomUNet(long seed) {
        random = new Random(seed);
        levels = 2 + random.nextInt(3);
        blocks = 1 + random.nextInt(3);
        concat = random.nextInt(3) > 0;
        channelsLast = random.nextBoolean();
        resampleInBlocks = random.nextInt(3) == 0;
        control = random.nextInt(3) == 0;
        write();
    }

    DataflowGraph graph() {
        return RandomOrder.of(GraphText.parse(text.toString()), random);
    }

    /** The skips, branch 0 first. */
    List<Expected> expected() {
        return expected;
    }

    private int width(int level) {
        return concat ? 4 * (1 + Math.min(level, 2)) : 8;
    }

    private void write() {
        Feature x = new Feature("x", 3, 32);
        text.append("input t FLOAT 1x1x8\ninput x FLOAT ").append(shape(x)).append('\n');
        Feature map = convolution(x, width(0), 3, 1);
        Deque<Feature> encoder = new ArrayDeque<>(List.of(map));
        for (int level = 0; level < levels; level++) {
            for (int block = 0; block < blocks; block++) {
                map = attention(residual(map, width(level)));
                encoder.push(map);
            }
            if (level < levels - 1) {
                map = down(map, width(level));
                encoder.push(map);
            }
        }
        map = residual(attention(residual(map, width(levels - 1))), width(levels - 1));
        for (int level = levels - 1; level >= 0; level--) {
            for (int block = 0; block <= blocks; block++) {
                Feature merged = merge(map, encoder.pop(), level == levels - 1);
                map = attention(residual(merged, width(level)));
            }
            if (level > 0) {
                map = up(map, width(level - 1));
            }
        }
        Feature last = convolution(unary("swish", map), 3, 3, 1);
        node("y", last.channels, last.size, "identity", last.name);
        text.append("output y\n");
    }

    private Feature merge(Feature main, Feature source, boolean lowest) {
        Feature skip = source;
        if (control) {
            String residual = "residual" + count++;
            text.append("input " + residual + " FLOAT " + shape(skip) + "\n");
            skip = binary("add", skip, new Feature(residual, skip.channels, skip.size));
        }
        if (!lowest && random.nextInt(4) == 0) {
            skip = convolution(skip, skip.channels, 1, 1);
        }
        String first = random.nextBoolean() ? main.name : skip.name;
        String operands = first + ", " + (first.equals(main.name) ? skip.name : main.name);
        Feature merged =
                concat
                        ? node(
                                main.channels + skip.channels,
                                main.size,
                                "concat",
                                operands,
                                random.nextBoolean()
                                        ? channelsLast ? 3 : 1
                                        : channelsLast ? -1 : -3)
                        : node(main.channels, main.size, "add", operands);
        if (concat || !lowest) {
            SkipConnection.Kind kind =
                    concat ? SkipConnection.Kind.CONCAT : SkipConnection.Kind.ADD;
            expected.add(0, new Expected(kind, merged.name, skip.name, main.name));
        }
        return merged;
    }

    /** A residual block with the time embedding, and a 1x1 shortcut if the channels change. */
    private Feature residual(Feature in, int channels) {
        Feature inner = convolution(unary("swish", in), channels, 3, 1);
        String weight = constant("8x" + channels);
        String time = matrix(1, channels, "matmul(t, " + weight + ")");
        Feature bias = new Feature(fresh(), channels, 1);
        text.append(bias.name + " FLOAT " + shape(bias) + " = reshape(" + time + ")\n");
        inner = convolution(binary("add", inner, bias), channels, 3, 1);
        Feature way = in.channels == channels ? in : convolution(in, channels, 1, 1);
        return random.nextBoolean() ? binary("add", way, inner) : binary("add", inner, way);
    }

    /** Sometimes self-attention on tokens; pooled keys and values are no lower level. */
    private Feature attention(Feature in) {
        if (random.nextInt(4) > 0) {
            return in;
        }
        Feature source =
                random.nextBoolean() && in.size > 2 ? convolution(in, in.channels, 2, 2) : in;
        String queries = tokens(in);
        String keys = tokens(source);
        int n = in.size * in.size;
        int m = source.size * source.size;
        String scores = matrix(n, m, "matmul(" + queries + ", " + keys + ") [0,1,0]");
        String mixed = matrix(n, in.channels, "matmul(" + scores + ", " + keys + ")");
        Feature back = node(in.channels, in.size, "reshape", mixed);
        return binary("add", in, back);
    }

    private String tokens(Feature in) {
        int n = in.size * in.size;
        String flat = matrix(n, in.channels, "reshape(" + in.name + ")");
        String weight = constant(in.channels + "x" + in.channels);
        return matrix(n, in.channels, "matmul(" + flat + ", " + weight + ")");
    }

    /** A line whose result is {@code [1, rows, columns]}. */
    private String matrix(int rows, int columns, String operation) {
        String out = fresh();
        text.append(out + " FLOAT 1x" + rows + "x" + columns + " = " + operation + "\n");
        return out;
    }

    private String constant(String shape) {
        String name = fresh();
        text.append("const " + name + " FLOAT " + shape + "\n");
        return name;
    }

    private Feature down(Feature in, int channels) {
        if (resampleInBlocks) {
            return binary(
                    "add", convolution(pool(unary("swish", in)), in.channels, 3, 1), pool(in));
        }
        return random.nextBoolean()
                ? convolution(in, channels, 3, 2)
                : convolution(pool(in), channels, 1, 1);
    }

    private Feature up(Feature in, int channels) {
        if (resampleInBlocks && in.channels == channels) {
            return binary(
                    "add", convolution(enlarged(unary("swish", in)), channels, 3, 1), enlarged(in));
        }
        if (random.nextBoolean()) {
            return convolution(enlarged(in), channels, 3, 1);
        }
        String weight = constant("2x2x" + channels + "x" + in.channels);
        return node(
                channels,
                in.size * 2,
                "deconv2d",
                in.name + ", " + weight,
                2,
                2,
                2,
                2,
                0,
                0,
                1,
                1,
                0,
                layout());
    }

    private Feature convolution(Feature in, int channels, int kernel, int stride) {
        String weight = constant(kernel + "x" + kernel + "x" + in.channels + "x" + channels);
        return node(
                channels,
                in.size / stride,
                "conv2d",
                in.name + ", " + weight,
                kernel,
                kernel,
                stride,
                stride,
                0,
                0,
                1,
                1,
                1,
                layout(),
                0);
    }

    private Feature pool(Feature in) {
        return node(
                in.channels,
                in.size / 2,
                "avgpool2d",
                in.name,
                2,
                2,
                2,
                2,
                0,
                0,
                1,
                1,
                0,
                0,
                layout());
    }

    private Feature enlarged(Feature in) {
        return node(in.channels, in.size * 2, "upsampling2d", in.name, 2, 2, 1 - layout());
    }

    private Feature unary(String op, Feature in) {
        return node(in.channels, in.size, op, in.name);
    }

    private Feature binary(String op, Feature left, Feature right) {
        return node(left.channels, left.size, op, left.name + ", " + right.name);
    }

    private Feature node(int channels, int size, String op, String operands, int... integers) {
        return node(fresh(), channels, size, op, operands, integers);
    }

    private Feature node(
            String name, int channels, int size, String op, String operands, int... integers) {
        Feature map = new Feature(name, channels, size);
        text.append(name + " FLOAT " + shape(map) + " = " + op + "(" + operands + ")");
        text.append(integers.length == 0 ? "" : " " + java.util.Arrays.toString(integers));
        text.append('\n');
        return map;
    }

    private int layout() {
        return channelsLast ? 1 : 0;
    }

    private String fresh() {
        return "v" + count++;
    }

    private String shape(Feature map) {
        String area = map.size + "x" + map.size;
        return channelsLast ? "1x" + area + "x" + map.channels : "1x" + map.channels + "x" + area;
    }
}
