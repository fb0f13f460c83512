// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

/**
 * What one call of the network did.
 *
 * @param index step index
 * @param key cache key of the call
 * @param timestep what the network was told
 * @param kind whether the deep region ran
 * @param seconds wall-clock time of the call
 * @param macs multiply-accumulates of convolutions and linear layers, as the plan counts them
 */
public record StepEvent(
        int index, String key, double timestep, Kind kind, double seconds, long macs) {

    /** Whether the deep region ran. */
    public enum Kind {
        FULL,
        CACHED
    }
}
