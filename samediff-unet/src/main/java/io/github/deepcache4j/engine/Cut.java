// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import org.jspecify.annotations.Nullable;

/**
 * A place where a staged graph may be cut.
 *
 * @param boundary name of the tensor that a full step keeps and a cached step is given
 * @param skip name of the tensor that merges with it, which every step computes before it needs the
 *     boundary: what a gate looks at. None if no gate does.
 */
public record Cut(String boundary, @Nullable String skip) {

    /** A cut that no gate decides on. */
    public static Cut at(String boundary) {
        return new Cut(boundary, null);
    }
}
