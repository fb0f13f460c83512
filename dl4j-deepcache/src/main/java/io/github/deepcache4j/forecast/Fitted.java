// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Weights of the last anchors that calibration found, step by step: least squares over the
 * boundaries of uncached runs, where {@link Newton} lays a polynomial through the anchors. Belongs
 * to the full steps that it was fitted with.
 *
 * @param most anchors to look back on, 1 to 6
 * @param steps by index of a cached step, the weights of its anchors, the newest first; empty
 *     before calibration
 */
public record Fitted(int most, Map<Integer, List<Double>> steps) implements Forecast {

    private static final int HIGHEST = 6;

    public Fitted {
        if (most < 1 || most > HIGHEST) {
            throw new IllegalArgumentException(
                    "a fit to " + most + " full steps; it takes 1 to " + HIGHEST);
        }
        Map<Integer, List<Double>> copy = new TreeMap<>();
        for (Map.Entry<Integer, List<Double>> step : steps.entrySet()) {
            int size = step.getValue().size();
            if (size < 1 || size > most || !step.getValue().stream().allMatch(Double::isFinite)) {
                throw new IllegalArgumentException(
                        "the weights " + step.getValue() + " of step " + step.getKey());
            }
            copy.put(step.getKey(), List.copyOf(step.getValue()));
        }
        steps = Collections.unmodifiableMap(copy);
    }

    /** Still to be fitted. */
    public static Fitted to(int anchors) {
        return new Fitted(anchors, Map.of());
    }

    @Override
    public int anchors() {
        return most;
    }

    @Override
    public Abscissa abscissa() {
        return Abscissa.STEP;
    }

    @Override
    public String tag() {
        return "fit" + most;
    }

    /** Whether calibration has found the weights. */
    public boolean isFitted() {
        return !steps.isEmpty();
    }

    /** A step that was not fitted, or not with so many anchors, reuses the newest. */
    @Override
    public void weigh(double[] anchors, int count, double at, double[] weights) {
        List<Double> found = steps.get((int) at);
        Arrays.fill(weights, 0, count, 0);
        if (found == null || found.size() != count) {
            weights[0] = 1;
            return;
        }
        for (int j = 0; j < count; j++) {
            weights[j] = found.get(j);
        }
    }
}
