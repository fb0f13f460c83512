// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

/**
 * Names of the tensors that make up a gate. They are fixed, so that a listener finds them again in
 * a graph that stock SameDiff has saved and loaded.
 */
final class GateNames {

    /** Every tensor of a gate begins with this. */
    static final String PREFIX = "deepcache/";

    /** BOOL scalar constant, true: without a listener every call is full. */
    static final String REFRESH = PREFIX + "refresh";

    /** Constant of the boundary's shape: what a cached call uses. */
    static final String CACHE = PREFIX + "cache";

    /** BOOL scalar: the predicate of every Switch, computed from {@link #REFRESH}. */
    static final String DECISION = PREFIX + "decision";

    static final String TIMESTEP_SEEN = PREFIX + "timestep_seen";

    static final String SAMPLE_SEEN = PREFIX + "sample_seen";

    /** Result of the Merge: the cached or the computed boundary. */
    static final String BOUNDARY = PREFIX + "boundary";

    private GateNames() {}

    /** A constant in the timestep's place, in networks that have none. */
    static final String NO_TIMESTEP = PREFIX + "no_timestep";
}
