// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Guidance of two calls a step, the unconditional one of which some steps leave out. */
final class FrozenGuidance implements NoisePredictor {

    private final NoisePredictor network;
    private final GuidanceScale scale;
    private final Map<String, INDArray> without;
    private final Map<String, INDArray> with;
    private final IntPredicate frozen;
    private final Consumer<Step> leftOut;

    /** u - c of the last step of this run that made both calls. */
    private @Nullable INDArray difference;

    private int lastStep = -1;

    FrozenGuidance(
            NoisePredictor network,
            GuidanceScale scale,
            Map<String, INDArray> without,
            Map<String, INDArray> with,
            IntPredicate frozen,
            Consumer<Step> leftOut) {
        this.network = network;
        this.scale = scale;
        this.without = without;
        this.with = with;
        this.frozen = frozen;
        this.leftOut = leftOut;
    }

    @Override
    public INDArray predict(INDArray sample, Step step) {
        if (step.index() <= lastStep) {
            difference = null;
        }
        lastStep = step.index();
        if (!scale.guides(step)) {
            return network.predict(sample, Guidance.conditional(step, with));
        }
        INDArray known = difference;
        if (known != null && frozen.test(step.index()) && known.size(0) == sample.size(0)) {
            leftOut.accept(Guidance.unconditional(step, without));
            INDArray c = network.predict(sample, Guidance.conditional(step, with));
            return Guidance.guided(c.add(known), c, sample, scale);
        }
        INDArray u = network.predict(sample, Guidance.unconditional(step, without));
        INDArray c = network.predict(sample, Guidance.conditional(step, with));
        difference = u.sub(c);
        return Guidance.guided(u, c, sample, scale);
    }
}
