// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a cached step takes for its boundary: a weighted sum of features, and perhaps an affine map
 * of its channels. A single feature of weight 1 is reuse: the engine takes it as it is, bit for
 * bit.
 */
public final class Blend {

    private final List<Feature> features;
    private final double[] weights;
    private final @Nullable ChannelAffine correction;

    private Blend(List<Feature> features, double[] weights, @Nullable ChannelAffine correction) {
        this.features = features;
        this.weights = weights;
        this.correction = correction;
    }

    /** The feature as it is. */
    public static Blend of(Feature feature) {
        return new Blend(List.of(feature), new double[] {1}, null);
    }

    /**
     * The sum of features times weights; those of weight 0 are not read.
     *
     * @throws IllegalArgumentException if there is no feature, not one weight for each, a weight is
     *     not finite, or a feature is empty
     */
    public static Blend of(List<Feature> features, double... weights) {
        if (features.isEmpty() || features.size() != weights.length) {
            throw new IllegalArgumentException(
                    weights.length + " weights for " + features.size() + " features");
        }
        for (double weight : weights) {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("the weight of a feature is " + weight);
            }
        }
        return new Blend(List.copyOf(features), weights.clone(), null);
    }

    /** The same, with the channels of the sum mapped. */
    public Blend corrected(ChannelAffine map) {
        return new Blend(features, weights, map);
    }

    /** The one feature that this is, unchanged; empty if there is anything to compute. */
    public Optional<Feature> reused() {
        return correction == null && features.size() == 1 && weights[0] == 1
                ? Optional.of(features.get(0))
                : Optional.empty();
    }

    /** Features of the sum, in the order of their weights. */
    public List<Feature> features() {
        return features;
    }

    double weight(int index) {
        return weights[index];
    }

    @Nullable ChannelAffine correction() {
        return correction;
    }

    /** For engines: refuses features that no full step filled. */
    public void requireFilled() {
        if (!features.stream().allMatch(Feature::isFilled)) {
            throw new IllegalArgumentException("the feature is empty; run a full step first");
        }
    }
}
