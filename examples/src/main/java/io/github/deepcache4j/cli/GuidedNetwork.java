// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.Guidance;
import io.github.deepcache4j.diffusion.GuidanceScale;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The network of a run with guidance, if it has any. */
final class GuidedNetwork {

    private GuidedNetwork() {}

    /**
     * One call a step where the batch is doubled, else two, of which the rule may leave one out.
     *
     * @param conditional conditions that guidance replaces, by input name; none without guidance
     * @param without what it replaces them by
     * @param leftOut is told of calls left out
     */
    static NoisePredictor of(
            NoisePredictor network,
            double scale,
            GuidanceRule rule,
            NetworkBatch batch,
            Map<String, INDArray> conditional,
            Map<String, INDArray> without,
            Consumer<Step> leftOut) {
        if (without.isEmpty()) {
            return network;
        }
        if (rule instanceof GuidanceRule.Frozen frozen) {
            return Guidance.separate(
                    network,
                    GuidanceScale.of(scale),
                    without,
                    conditional,
                    call -> !frozen.runs(call),
                    leftOut);
        }
        return batch.isDoubled()
                ? Guidance.batched(network, scale, without, conditional)
                : Guidance.separate(network, scale, without, conditional);
    }
}
