// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

/**
 * What one call of the network did.
 *
 * @param index step index
 * @param key cache key of the call
 * @param timestep what the network was told
 * @param kind whether the deep region ran
 * @param branch where a cached step was cut; {@link #NO_BRANCH} for other kinds
 * @param seconds wall-clock time of the call
 * @param macs multiply-accumulates of convolutions and linear layers, as the plan counts them
 */
public record StepEvent(
        int index, String key, double timestep, Kind kind, int branch, double seconds, long macs) {

    /** The branch of a step that is not cached. */
    public static final int NO_BRANCH = -1;

    /** Whether the deep region ran. */
    public enum Kind {
        /** everything ran */
        FULL,
        /** the deep region did not run */
        CACHED,
        /** the network did not run: guidance took the frozen difference */
        SKIPPED
    }

    /** The kind for people to read: {@code full}, {@code cached@2}, {@code skipped}. */
    public String label() {
        return label(kind, branch);
    }

    /** The same of a kind and a branch. */
    public static String label(Kind kind, int branch) {
        return switch (kind) {
            case FULL -> "full";
            case CACHED -> "cached@" + branch;
            case SKIPPED -> "skipped";
        };
    }
}
