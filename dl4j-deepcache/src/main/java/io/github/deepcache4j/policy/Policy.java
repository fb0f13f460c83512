// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.forecast.Reuse;

/**
 * How a run is cached: placement x forecast x correction x gate x guidance. Every part can be
 * changed by itself.
 *
 * @param placement which steps are full, and where the others are cached
 * @param forecast what a cached step takes for the boundary
 * @param horizon a cached step further than this from the last full step takes the forecast for
 *     this distance; {@link #UNLIMITED} for no such limit
 * @param correction whether an affine map of each channel, found by calibration, follows
 * @param gate whether a cached step is run in full after all
 * @param guidance which half of guidance is left out, and when
 */
public record Policy(
        Placement placement,
        Forecast forecast,
        int horizon,
        Correction correction,
        Gate gate,
        GuidanceRule guidance) {

    /** A horizon beyond every run. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Whether the forecast is corrected channel by channel. */
    public enum Correction {
        NONE,
        CHANNEL_AFFINE
    }

    public Policy {
        if (horizon < 1) {
            throw new IllegalArgumentException(
                    "a forecast horizon of " + horizon + "; it counts steps, so 1 or more");
        }
        if (gate instanceof Gate.SkipChange
                && (placement instanceof Placement.Mixed
                        || placement instanceof Placement.Sought)) {
            throw new IllegalArgumentException(
                    "a gate decides between full and one branch; give it a placement with one"
                            + " branch that needs no calibration, as N10b2.gate0.1");
        }
    }

    /** Plain DeepCache: uniform full steps, the boundary reused as it is. */
    public static Policy deepCache(int interval, int branch) {
        return of(new Placement.Uniform(interval, branch), new Reuse());
    }

    /** A placement and a forecast, and nothing else. */
    public static Policy of(Placement placement, Forecast forecast) {
        return new Policy(
                placement,
                forecast,
                UNLIMITED,
                Correction.NONE,
                new Gate.None(),
                new GuidanceRule.Both());
    }

    /**
     * The policy that a tag means.
     *
     * @throws IllegalArgumentException if it is not understood; names what, and lists what is known
     */
    public static Policy parse(String tag) {
        return PolicyParser.parse(tag);
    }

    public Policy with(Placement other) {
        return new Policy(other, forecast, horizon, correction, gate, guidance);
    }

    public Policy with(Forecast other) {
        return new Policy(placement, other, horizon, correction, gate, guidance);
    }

    public Policy with(Correction other) {
        return new Policy(placement, forecast, horizon, other, gate, guidance);
    }

    public Policy with(Gate other) {
        return new Policy(placement, forecast, horizon, correction, other, guidance);
    }

    public Policy with(GuidanceRule other) {
        return new Policy(placement, forecast, horizon, correction, gate, other);
    }

    public Policy withHorizon(int steps) {
        return new Policy(placement, forecast, steps, correction, gate, guidance);
    }

    /** Whether the policy must be calibrated on a model before it can run. */
    public boolean needsCalibration() {
        return placement instanceof Placement.Sought
                || correction == Correction.CHANNEL_AFFINE
                || (forecast instanceof Fitted fitted && !fitted.isFitted());
    }

    /** The policy in one word, as {@link #parse} reads it. */
    public String tag() {
        StringBuilder tag = new StringBuilder(placement.tag()).append('.').append(forecast.tag());
        if (horizon != UNLIMITED) {
            tag.append(".clamp").append(horizon);
        }
        if (correction == Correction.CHANNEL_AFFINE) {
            tag.append(".affine");
        }
        if (placement instanceof Placement.Sought sought) {
            tag.append('.').append(sought.method().tag());
        }
        for (String part : new String[] {gate.tag(), guidance.tag()}) {
            if (!part.isEmpty()) {
                tag.append('.').append(part);
            }
        }
        return tag.toString();
    }
}
