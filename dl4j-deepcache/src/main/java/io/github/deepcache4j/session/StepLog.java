// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects the events of a predictor and hands each on. */
final class StepLog {

    private final List<StepEvent> events = new ArrayList<>();
    private final Consumer<StepEvent> listener;

    StepLog(Consumer<StepEvent> listener) {
        this.listener = listener;
    }

    void add(Step step, StepEvent.Kind kind, int branch, long startNanos, long macs) {
        StepEvent event =
                new StepEvent(
                        step.index(),
                        step.cacheKey(),
                        step.timestep(),
                        kind,
                        branch,
                        (System.nanoTime() - startNanos) / 1e9,
                        macs);
        events.add(event);
        listener.accept(event);
    }

    List<StepEvent> events() {
        return List.copyOf(events);
    }

    void clear() {
        events.clear();
    }
}
