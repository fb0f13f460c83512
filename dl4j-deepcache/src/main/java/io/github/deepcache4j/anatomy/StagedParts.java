// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import java.util.BitSet;

/**
 * The nodes of a full step in the three stages that a cut makes of it. Full step: prefix, deep,
 * suffix. Cached step: prefix, suffix.
 *
 * @param prefix nodes of the cached step that do not descend from the boundary
 * @param deep nodes that only the full step runs; they compute the boundary
 * @param suffix nodes of the cached step that descend from the boundary
 */
public record StagedParts(BitSet prefix, BitSet deep, BitSet suffix) {

    public StagedParts {
        prefix = (BitSet) prefix.clone();
        deep = (BitSet) deep.clone();
        suffix = (BitSet) suffix.clone();
    }

    @Override
    public BitSet prefix() {
        return (BitSet) prefix.clone();
    }

    @Override
    public BitSet deep() {
        return (BitSet) deep.clone();
    }

    @Override
    public BitSet suffix() {
        return (BitSet) suffix.clone();
    }
}
