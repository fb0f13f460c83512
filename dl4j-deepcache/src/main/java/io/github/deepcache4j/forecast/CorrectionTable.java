// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Channel-affine corrections of forecasts, one for each cached step that has any: the boundary is
 * taken to be scale x + shift, x the forecast (CacheQuant's "decoupled error correction", Liu and
 * Gu 2025, with the forecast in place of the stale feature).
 *
 * @param axis which axis of the boundary counts channels
 * @param steps by step index
 */
public record CorrectionTable(int axis, Map<Integer, Line> steps) {

    /**
     * The correction of a step.
     *
     * @param scale one a channel
     * @param shift one a channel
     */
    public record Line(float[] scale, float[] shift) {

        public Line {
            if (scale.length == 0 || scale.length != shift.length) {
                throw new IllegalArgumentException(
                        scale.length
                                + " scales and "
                                + shift.length
                                + " shifts; there is one of each a channel");
            }
            for (int c = 0; c < scale.length; c++) {
                if (!Float.isFinite(scale[c]) || !Float.isFinite(shift[c])) {
                    throw new IllegalArgumentException(
                            "channel " + c + " is mapped to " + scale[c] + " x + " + shift[c]);
                }
            }
            scale = scale.clone();
            shift = shift.clone();
        }

        @Override
        public float[] scale() {
            return scale.clone();
        }

        @Override
        public float[] shift() {
            return shift.clone();
        }
    }

    public CorrectionTable {
        steps = java.util.Collections.unmodifiableMap(new TreeMap<>(steps));
    }

    /** The correction of a step; empty if it has none. */
    public Optional<Line> at(int step) {
        return Optional.ofNullable(steps.get(step));
    }
}
