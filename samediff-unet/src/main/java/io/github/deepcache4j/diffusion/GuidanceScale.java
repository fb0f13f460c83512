// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.Step;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much classifier-free guidance, and when.
 *
 * @param scale g of u + g (c - u)
 * @param rescale share of a result whose deviation, image by image, is brought back to that of c
 *     (Lin et al. 2023, eq. 14 to 16); 0 for none
 * @param leastTimestep guidance is for timesteps from here ...
 * @param mostTimestep ... to here, both included; outside c alone is taken (Kynkäänniemi et al.
 *     2024, eq. 6, with timesteps for their sigmas)
 */
public record GuidanceScale(
        double scale, double rescale, double leastTimestep, double mostTimestep) {

    public GuidanceScale {
        if (!Double.isFinite(scale) || !(rescale >= 0 && rescale <= 1)) {
            throw new IllegalArgumentException(
                    "guidance scale "
                            + scale
                            + " with rescale "
                            + rescale
                            + ": the scale is finite, the rescale between 0 and 1");
        }
        if (!(leastTimestep <= mostTimestep)) {
            throw new IllegalArgumentException(
                    "guidance from timestep "
                            + leastTimestep
                            + " to "
                            + mostTimestep
                            + " is never");
        }
    }

    /** Guidance throughout, as it is. */
    public static GuidanceScale of(double scale) {
        return new GuidanceScale(scale, 0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /** diffusers' {@code guidance_rescale}; 0.7 in the paper. */
    public GuidanceScale withRescale(double share) {
        return new GuidanceScale(scale, share, leastTimestep, mostTimestep);
    }

    /** Guidance only from one timestep to another. */
    public GuidanceScale withInterval(double least, double most) {
        return new GuidanceScale(scale, rescale, least, most);
    }

    boolean guides(Step step) {
        return step.timestep() >= leastTimestep && step.timestep() <= mostTimestep;
    }

    /** u + g (c - u), rescaled; new array. */
    INDArray mixed(INDArray u, INDArray c) {
        INDArray guided = c.sub(u).muli(scale).addi(u);
        if (rescale == 0) {
            return guided;
        }
        int[] withinImage = IntStream.range(1, c.rank()).toArray();
        INDArray ratio = c.std(true, true, withinImage).divi(guided.std(true, true, withinImage));
        // rescale * ratio + (1 - rescale), one factor an image
        return guided.muli(ratio.muli(rescale).addi(1 - rescale));
    }
}
