// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A window sliding over the axes after the first two: sizes, steps and padding along each, as the
 * convolution and pooling operators give them.
 *
 * @param sizes of the window, in elements
 * @param before padding at the start of each axis
 * @param after padding at the end of each axis
 */
record Window(
        List<Long> sizes,
        List<Long> strides,
        List<Long> dilations,
        List<Long> before,
        List<Long> after) {

    /** ND4J computes places in 32 bits without looking. */
    private static final long FARTHEST = 1 << 24;

    Window {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
        dilations = List.copyOf(dilations);
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /**
     * Reads {@code strides}, {@code dilations}, {@code pads} and {@code auto_pad}.
     *
     * @param x the padded tensor, {@code [batch, channels, ...]}
     */
    static Window read(Emission e, Shape x, List<Long> sizes) {
        int axes = sizes.size();
        if (x.rank() != axes + 2) {
            throw e.refuse("a window of sizes " + sizes + " over a tensor of shape " + x);
        }
        List<Long> strides = perAxis(e, "strides", axes);
        List<Long> dilations = perAxis(e, "dilations", axes);
        String auto = e.text("auto_pad", "NOTSET");
        List<Long> pads = e.integers("pads").orElse(Collections.nCopies(2 * axes, 0L));
        if (pads.size() != 2 * axes || pads.stream().anyMatch(pad -> pad < 0 || pad > FARTHEST)) {
            throw e.refuse("attribute pads=" + pads + " is not supported");
        }
        Window window =
                new Window(
                        sizes,
                        strides,
                        dilations,
                        pads.subList(0, axes),
                        pads.subList(axes, 2 * axes));
        return switch (auto) {
            case "NOTSET" -> window;
            case "VALID" -> window.padded(Collections.nCopies(axes, 0L), false);
            case "SAME_UPPER" -> window.padded(window.missing(x), false);
            case "SAME_LOWER" -> window.padded(window.missing(x), true);
            default -> throw e.refuse("attribute auto_pad=" + auto + " is not supported");
        };
    }

    /** Refuses a window that does not fit into the padded tensor even once. */
    Window requireFits(Emission e, Shape x) {
        for (int axis : axes()) {
            long size = x.size(axis + 2);
            if (extent(axis) > Math.addExact(size, before.get(axis) + after.get(axis))) {
                throw e.refuse("a window of sizes " + sizes + " is larger than " + x);
            }
        }
        return this;
    }

    private static List<Long> perAxis(Emission e, String attribute, int axes) {
        List<Long> values = e.integers(attribute).orElse(Collections.nCopies(axes, 1L));
        if (values.size() != axes
                || values.stream().anyMatch(value -> value < 1 || value > FARTHEST)) {
            throw e.refuse("attribute " + attribute + "=" + values + " is not supported");
        }
        return values;
    }

    /** Padding that makes as many outputs as there are steps in the axis. */
    private List<Long> missing(Shape x) {
        return axes().stream()
                .map(
                        i -> {
                            long size = x.size(i + 2);
                            long outputs = (size + strides.get(i) - 1) / strides.get(i);
                            return Math.max(0, (outputs - 1) * strides.get(i) + extent(i) - size);
                        })
                .toList();
    }

    private Window padded(List<Long> total, boolean moreBefore) {
        List<Long> less = total.stream().map(pad -> pad / 2).toList();
        List<Long> more = total.stream().map(pad -> (pad + 1) / 2).toList();
        return new Window(
                sizes, strides, dilations, moreBefore ? more : less, moreBefore ? less : more);
    }

    /** 0, 1, ... for the axes that the window slides over. */
    List<Integer> axes() {
        return IntStream.range(0, sizes.size()).boxed().toList();
    }

    /** From the first element under the window to the last. */
    long extent(int axis) {
        return Math.addExact(
                Math.multiplyExact(sizes.get(axis) - 1, (long) dilations.get(axis)), 1);
    }

    boolean isDilated() {
        return dilations.stream().anyMatch(dilation -> dilation > 1);
    }

    boolean padsAlike() {
        return before.equals(after);
    }

    boolean padsNothing() {
        return before.stream().allMatch(pad -> pad == 0) && padsAlike();
    }

    /** The same without padding. */
    Window unpadded() {
        List<Long> none = Collections.nCopies(sizes.size(), 0L);
        return new Window(sizes, strides, dilations, none, none);
    }

    /** The same without dilation: its elements spread, zeros between them. */
    Window spread() {
        return new Window(
                axes().stream().map(this::extent).toList(),
                strides,
                Collections.nCopies(sizes.size(), 1L),
                before,
                after);
    }

    /** A window over one axis as a window over rows of height 1. */
    Window asImage() {
        return new Window(
                image(sizes, 1),
                image(strides, 1),
                image(dilations, 1),
                image(before, 0),
                image(after, 0));
    }

    private static List<Long> image(List<Long> one, long first) {
        return List.of(first, one.get(0));
    }
}
