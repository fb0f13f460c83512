// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import java.util.Optional;

/**
 * A merge whose operands look like a skip and the main path.
 *
 * @param skip the operand made before the bottleneck
 * @param boundary the main-path operand
 * @param source at the lowest level, the value where skip and main path part; empty above it
 */
record SkipCandidate(Merge merge, int skip, int boundary, Optional<Integer> source) {

    SkipCandidate withBoundary(int other) {
        return new SkipCandidate(merge, skip, other, source);
    }
}
