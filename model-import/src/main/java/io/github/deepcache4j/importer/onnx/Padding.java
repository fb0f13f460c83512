// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import org.nd4j.autodiff.samediff.SDVariable;

/** Padding before a window operator; ND4J's own only pad alike on both sides. */
final class Padding {

    private Padding() {}

    static SDVariable zeros(Emission e, SDVariable x, Window window) {
        return of(e, x, window, 0);
    }

    /** The tensor with a number around it, as far as the window reaches over its borders. */
    static SDVariable of(Emission e, SDVariable x, Window window, double value) {
        int rank = window.sizes().size() + 2;
        long[] before = new long[rank];
        long[] after = new long[rank];
        for (int axis : window.axes()) {
            before[axis + 2] = window.before().get(axis);
            after[axis + 2] = window.after().get(axis);
        }
        return PadOps.withConstant(e, x, before, after, value);
    }
}
