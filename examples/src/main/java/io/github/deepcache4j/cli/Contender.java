// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
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

    /** Such as {@code newton2 N = 5, branch 2}. */
    String name() {
        return policy
                + (interval.isPresent() ? " N = " + interval.getAsInt() : "")
                + (branch.isPresent() ? ", branch " + branch.getAsInt() : "");
    }

    /** Makes the session of a run. */
    @FunctionalInterface
    interface Opening {
        DeepCacheSession open(
                Pipeline pipeline,
                Engine engine,
                Precision precision,
                Consumer<StepEvent> listener);
    }

    /**
     * A policy.
     *
     * @param name by which it stands in the tables
     */
    static Contender of(String name, Policy policy) {
        Placement placement = policy.placement();
        OptionalInt branch = OptionalInt.empty();
        OptionalInt interval = OptionalInt.empty();
        if (placement instanceof Placement.Uniform uniform) {
            branch = OptionalInt.of(uniform.branch());
            interval = OptionalInt.of(uniform.interval());
        } else if (placement instanceof Placement.Sought sought) {
            branch = OptionalInt.of(sought.branch());
            interval = OptionalInt.of(sought.interval());
        }
        return new Contender(
                name,
                branch,
                interval,
                (pipeline, engine, precision, listener) ->
                        DeepCacheSession.of(
                                        pipeline.unet(),
                                        pipeline.anatomy(),
                                        policy,
                                        pipeline.calls())
                                .engine(engine, precision)
                                .listener(listener)
                                .open());
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
