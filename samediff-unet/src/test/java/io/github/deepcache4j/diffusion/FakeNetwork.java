// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A formula that Python repeats: tanh(0.3 (x + 0.2 label) + 0.001 t), label 0 without condition
 * "label" ({@code [batch]}). Remembers how it was called.
 */
final class FakeNetwork implements NoisePredictor {

    final List<Step> steps = new ArrayList<>();

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
        return Nd4j.create(answer, sample.shape(), 'c');
    }
}
