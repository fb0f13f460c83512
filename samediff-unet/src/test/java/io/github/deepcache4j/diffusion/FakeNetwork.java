// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A formula that Python repeats: tanh(0.3 (x + 0.2 label) + 0.001 t), label 0 without condition
 * "label" ({@code [batch]}); a learned variance is tanh(0.7 x - 0.001 t). Remembers how it was
 * called.
 */
final class FakeNetwork implements NoisePredictor {

    final List<Step> steps = new ArrayList<>();
    boolean learnsVariance;

    @Override
    public INDArray predict(INDArray sample, Step step) {
        steps.add(step);
        INDArray labels = step.conditions().get("label");
        float[] x = sample.dup('c').data().asFloat();
        int size = (int) (x.length / sample.size(0));
        float[] answer = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            float label = labels == null ? 0 : labels.getFloat(i / size);
            float shifted = labels == null ? x[i] : x[i] + 0.2f * label;
            answer[i] = (float) Math.tanh(0.3f * shifted + (float) (0.001 * step.timestep()));
        }
        INDArray prediction = Nd4j.create(answer, sample.shape(), 'c');
        return learnsVariance ? Nd4j.concat(1, prediction, variance(sample, step)) : prediction;
    }

    private static INDArray variance(INDArray sample, Step step) {
        return Transforms.tanh(sample.mul(0.7).subi(0.001 * step.timestep()), false);
    }
}
