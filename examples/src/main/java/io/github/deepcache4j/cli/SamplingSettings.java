// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.DdpmSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.Sampler;
import java.util.List;

/**
 * What is sampled, and how; nothing about caching.
 *
 * @param sampler {@code ddim} or {@code ddpm}
 * @param classes class labels that the images take in turn; empty for a model without
 * @param guidance classifier-free guidance scale; 1 for none
 */
record SamplingSettings(
        String sampler,
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
        if (!sampler.equals("ddim") && !sampler.equals("ddpm")) {
            throw new UserError("there is no sampler " + sampler + "; this version has ddim, ddpm");
        }
        if (sampler.equals("ddpm") && (eta != 0 || clippedModelOutput)) {
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

    Sampler sampler(NoiseSchedule schedule) {
        return sampler.equals("ddpm")
                ? DdpmSampler.of(schedule, steps)
                : DdimSampler.of(schedule, steps)
                        .withEta(eta)
                        .withClippedModelOutput(clippedModelOutput);
    }
}
