// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.Collection;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Clipping of gradients by their common norm, as PyTorch's {@code clip_grad_norm_}. */
final class GradientClipping {

    private GradientClipping() {}

    /** The norm of all gradients as one vector. */
    static double norm(Collection<INDArray> gradients) {
        double squares = 0;
        for (INDArray gradient : gradients) {
            double norm = gradient.norm2Number().doubleValue();
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

    /**
     * Scales all gradients in place, if their norm exceeds the bound.
     *
     * @return the norm before
     */
    static double clip(Collection<INDArray> gradients, double bound) {
        double norm = norm(gradients);
        double scale = bound / (norm + 1e-6);
        if (scale < 1) {
            gradients.forEach(gradient -> gradient.muli(scale));
        }
        return norm;
    }
}
