// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.ComparedRun;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A way to cache that is compared with the uncached run.
 *
 * @param policy its name
 * @param branch where it cuts
 * @param interval of plain reuse
 */
record Contender(String policy, OptionalInt branch, OptionalInt interval, Opening opening) {

    /** Makes the session of a run. */
    @FunctionalInterface
    interface Opening {
        DeepCacheSession open(
                Pipeline pipeline,
                Engine engine,
                Precision precision,
                Consumer<StepEvent> listener);
    }

    /** Plain DeepCache: reuse, with a full step every {@code interval}. */
    static Contender plain(CachePlan plan, int interval) {
        return new Contender(
                ComparedRun.PLAIN,
                OptionalInt.of(plan.branch()),
                OptionalInt.of(interval),
                (pipeline, engine, precision, listener) ->
                        DeepCacheSession.of(pipeline.unet(), plan, new UniformSchedule(interval))
                                .engine(engine, precision)
                                .listener(listener)
                                .open());
    }
}
