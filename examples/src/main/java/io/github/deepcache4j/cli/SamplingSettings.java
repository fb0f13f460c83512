// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import java.util.List;

/**
 * What is sampled, and how; nothing about caching.
 *
 * @param sampler whose options the model's scheduler configuration has, where it has any
 * @param classes class labels that the images take in turn; empty for a model without
 * @param guidance classifier-free guidance scale; 1 for none
 */
record SamplingSettings(
        SamplerKind sampler,
        int steps,
        double eta,
        boolean clippedModelOutput,
        long seed,
        int count,
        List<Integer> classes,
        double guidance) {

    SamplingSettings {
        classes = List.copyOf(classes);
        positive("--steps", steps);
        positive("--count", count);
        if (sampler != SamplerKind.DDIM && (eta != 0 || clippedModelOutput)) {
            throw new UserError("--eta and --clipped-model-output belong to --sampler ddim");
        }
        if (!Double.isFinite(guidance)) {
            throw new UserError("--guidance " + guidance + " is not a number");
        }
    }

    static void positive(String option, int value) {
        if (value < 1) {
            throw new UserError(option + " " + value + " is not a positive number");
        }
    }

    /** Whether each image needs a prediction with and one without its condition. */
    boolean isGuided() {
        return guidance != 1;
    }

    SamplingSettings withSteps(int other) {
        return new SamplingSettings(
                sampler, other, eta, clippedModelOutput, seed, count, classes, guidance);
    }

    SamplingSettings withCount(int other) {
        return new SamplingSettings(
                sampler, steps, eta, clippedModelOutput, seed, other, classes, guidance);
    }

    /**
     * The sampler itself.
     *
     * @param factory of this kind
     */
    Sampler sampler(SamplerFactory factory) {
        Sampler made = factory.sampler(steps);
        return made instanceof DdimSampler ddim
                ? ddim.withEta(eta).withClippedModelOutput(clippedModelOutput)
                : made;
    }
}
