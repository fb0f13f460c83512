// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import java.util.ArrayDeque;
import java.util.Deque;

/** Native objects of one owner, freed in the reverse order of their making. */
final class Resources implements AutoCloseable {

    private final Deque<Runnable> frees = new ArrayDeque<>();

    <T> T own(T resource, Runnable free) {
        frees.push(free);
        return resource;
    }

    @Override
    public void close() {
        while (!frees.isEmpty()) {
            frees.pop().run();
        }
    }
}
