// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Noise from a recording; every call gets a copy. */
final class RecordedNoise implements NoiseSource {

    private final INDArray initial;
    private final List<INDArray> steps;

    RecordedNoise(INDArray initial, List<INDArray> steps) {
        this.initial = initial;
        this.steps = List.copyOf(steps);
    }

    @Override
    public INDArray initial(long... shape) {
        return copy(initial, "initial noise", shape);
    }

    @Override
    public INDArray step(int step, long... shape) {
        if (step >= steps.size()) {
            throw new IllegalArgumentException(
                    "recorded noise of step "
                            + step
                            + " is missing: "
                            + steps.size()
                            + " steps were recorded");
        }
        return copy(steps.get(step), "noise of step " + step, shape);
    }

    private static INDArray copy(INDArray array, String what, long[] shape) {
        if (!Shape.of(array.shape()).equals(Shape.of(shape))) {
            throw new IllegalArgumentException(
                    "recorded "
                            + what
                            + " has shape "
                            + Shape.of(array.shape())
                            + ", the run needs "
                            + Shape.of(shape));
        }
        return array.dup('c');
    }
}
