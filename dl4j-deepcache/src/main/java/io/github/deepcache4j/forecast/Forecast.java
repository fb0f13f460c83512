// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

/**
 * How a cached step's boundary is guessed from those of the full steps before it (the anchors). All
 * of them are weighted sums of the anchors, so a forecast is a handful of scalars here and one pass
 * over memory in the engine.
 *
 * <p>With fewer anchors than the order needs, the order falls to what they allow; with one anchor
 * every forecast is reuse.
 */
public sealed interface Forecast permits Reuse, Newton, Taylor, Fitted {

    /** Anchors that the forecast looks back on, at least 1. */
    int anchors();

    /** What the abscissa of a step is. */
    Abscissa abscissa();

    /** As a policy's tag writes it. */
    String tag();

    /**
     * The weight of each anchor.
     *
     * @param anchors abscissae of the last full steps, the newest first; all different
     * @param count how many of them there are, from 1 to {@link #anchors()}
     * @param at abscissa of the step to come
     * @param weights is given the weights, in the order of the anchors
     */
    void weigh(double[] anchors, int count, double at, double[] weights);

    /** The same in a new array. */
    default double[] weights(double[] anchors, double at) {
        double[] weights = new double[anchors.length];
        weigh(anchors, anchors.length, at, weights);
        return weights;
    }
}
