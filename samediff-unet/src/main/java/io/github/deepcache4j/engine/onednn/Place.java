// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

/**
 * A place in working memory of single precision.
 *
 * @param element index of its first element
 */
record Place(Scratchpad block, long element) {

    Place plus(long elements) {
        return new Place(block, element + elements);
    }

    long offset() {
        return element * Float.BYTES;
    }
}
