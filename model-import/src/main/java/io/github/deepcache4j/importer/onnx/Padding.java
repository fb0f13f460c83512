// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.factory.Nd4j;

/** Padding of a 2-D window operator, in pixels. */
record Padding(long top, long left, long bottom, long right) {

    /** Reads {@code pads} and {@code auto_pad}. */
    static Padding read(Emission e, List<Long> kernel, List<Long> strides, List<Long> dilations) {
        String auto = e.text("auto_pad", "NOTSET");
        List<Long> pads = e.integers("pads").orElse(List.of(0L, 0L, 0L, 0L));
        if (auto.equals("NOTSET")) {
            return new Padding(pads.get(0), pads.get(1), pads.get(2), pads.get(3));
        }
        if (auto.equals("VALID")) {
            return new Padding(0, 0, 0, 0);
        }
        if (!auto.equals("SAME_UPPER") && !auto.equals("SAME_LOWER")) {
            throw e.refuse("attribute auto_pad=" + auto + " is not supported");
        }
        long[] total = new long[2];
        for (int i = 0; i < 2; i++) {
            long size = e.shape(0).size(2 + i);
            long outputs = (size + strides.get(i) - 1) / strides.get(i);
            long extent = (kernel.get(i) - 1) * dilations.get(i) + 1;
            total[i] = Math.max(0, (outputs - 1) * strides.get(i) + extent - size);
        }
        long top = auto.equals("SAME_UPPER") ? total[0] / 2 : (total[0] + 1) / 2;
        long left = auto.equals("SAME_UPPER") ? total[1] / 2 : (total[1] + 1) / 2;
        return new Padding(top, left, total[0] - top, total[1] - left);
    }

    boolean symmetric() {
        return top == bottom && left == right;
    }

    boolean none() {
        return top == 0 && left == 0 && bottom == 0 && right == 0;
    }

    /**
     * The first operand with zeros around it; ND4J's window operators only pad alike on both sides.
     */
    SDVariable zeroPad(Emission e) {
        SDVariable widths =
                e.newConstant(
                        "pads",
                        Nd4j.createFromArray(
                                new long[][] {{0, 0}, {0, 0}, {top, bottom}, {left, right}}));
        return e.sameDiff().nn().pad(e.in(0), widths, PadMode.CONSTANT, 0);
    }
}
