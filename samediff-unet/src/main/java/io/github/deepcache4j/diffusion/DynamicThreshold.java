// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Dynamic thresholding of x0 (Saharia et al. 2022, section 2.3): each image is clipped to a
 * quantile s of its own magnitudes and divided by s, so that saturated pixels come back into range.
 *
 * @param ratio the quantile, diffusers' {@code dynamic_thresholding_ratio}
 * @param maximum upper bound of s, which is at least 1; {@code sample_max_value}
 */
public record DynamicThreshold(double ratio, double maximum) {

    public DynamicThreshold {
        if (!(ratio >= 0 && ratio <= 1) || !(maximum >= 1)) {
            throw new IllegalArgumentException(
                    "dynamic_thresholding_ratio "
                            + ratio
                            + " and sample_max_value "
                            + maximum
                            + ": the ratio is between 0 and 1, the maximum at least 1");
        }
    }

    /**
     * Thresholds each image by itself.
     *
     * @param x0 {@code [batch, ...]}; not changed
     */
    INDArray apply(INDArray x0) {
        INDArray[] images = new INDArray[Math.toIntExact(x0.size(0))];
        for (int i = 0; i < images.length; i++) {
            INDArray image = x0.slice(i);
            double s = Math.min(Math.max(quantile(image), 1), maximum);
            images[i] = Estimate.clip(image, s).divi(s);
        }
        return Nd4j.stack(0, images);
    }

    /** Between the two nearest magnitudes in proportion, as {@code torch.quantile}. */
    private double quantile(INDArray image) {
        double[] values = image.dup('c').data().asDouble();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        Arrays.sort(values);
        double rank = ratio * (values.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, values.length - 1);
        return values[below] + (values[above] - values[below]) * (rank - below);
    }
}
