// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.SamplerKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is sampled, and how. */
final class SamplingOptions {

    @Option(
            names = "--sampler",
            paramLabel = "S",
            description = {
                "ddim (default), ddpm, pndm, dpm++, euler, euler-a, heun, kdpm2, unipc, lcm,",
                "edm-euler, consistency; or diffusers' class, such as UniPCMultistepScheduler. Its",
                "options are read from the model's scheduler_config.json."
            })
    private String sampler = "ddim";

    @Option(names = "--steps", paramLabel = "T", description = "Denoising steps; default 50.")
    private int steps = 50;

    @Option(
            names = "--seed",
            paramLabel = "K",
            description = "Image k has the seed K + k, whatever else is sampled; default 0.")
    private long seed;

    @Option(names = "--count", paramLabel = "N", description = "Number of images; default 16.")
    private int count = 16;

    @Option(
            names = "--class",
            paramLabel = "K",
            split = ",",
            description = "Class label; of several, as 0,1,2, the images take turns.")
    private List<Integer> classes = new ArrayList<>();

    @Option(
            names = "--guidance",
            paramLabel = "G",
            description = "Scale of classifier-free guidance; 1 (default) is none.")
    private double guidance = 1;

    @Option(names = "--eta", paramLabel = "E", description = "Noise of DDIM steps; default 0.")
    private double eta;

    @Option(
            names = "--clipped-model-output",
            negatable = true,
            fallbackValue = "true",
            description =
                    "DDIM: derive the noise anew from the clipped image. Default with guidance, which "
                            + "pushes images out of the range that a clipping schedule allows.")
    private @Nullable Boolean clippedModelOutput;

    SamplingSettings settings() {
        return settings(sampler, steps);
    }

    /** The same images by another sampler, named as on the command line, in so many steps. */
    SamplingSettings settings(String sampler, int steps) {
        SamplerKind kind = SamplerKind.parse(sampler);
        boolean clipped =
                clippedModelOutput != null
                        ? clippedModelOutput
                        : guidance != 1 && kind == SamplerKind.DDIM;
        return new SamplingSettings(kind, steps, eta, clipped, seed, count, classes, guidance);
    }

    /** The sampler as it was written. */
    String sampler() {
        return sampler;
    }

    int steps() {
        return steps;
    }
}
