// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of one kind of step. */
final class BenchTimes {

    private final List<Long> nanos = new ArrayList<>();

    /**
     * @param counts false while warming up
     */
    void add(long time, boolean counts) {
        if (counts) {
            nanos.add(time);
        }
    }

    double minMs() {
        return Collections.min(nanos) / 1e6;
    }

    double medianMs() {
        List<Long> sorted = nanos.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle) / 1e6
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2e6;
    }
}
