// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.report.ComparedRun;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A way to cache that is compared with the uncached run.
 *
 * @param title by which it stands in the tables
 * @param branch where it cuts, if it is one branch
 * @param interval that its full steps are uniform for, or as many as
 * @param policy what it does
 * @param corrections for a policy with {@code affine}, once it is calibrated
 */
record Contender(
        String title,
        OptionalInt branch,
        OptionalInt interval,
        Policy policy,
        Optional<CorrectionTable> corrections) {

    /** What the others are compared with. */
    static Contender uncached() {
        return of(ComparedRun.UNCACHED, Policy.of(new Placement.Uncached(), new Reuse()));
    }

    /** Plain DeepCache: reuse, with a full step every {@code interval}. */
    static Contender plain(int interval, int branch) {
        return of(ComparedRun.PLAIN, Policy.deepCache(interval, branch));
    }

    /** A policy by the name that the tables give it. */
    static Contender of(String title, Policy policy) {
        OptionalInt branch = OptionalInt.empty();
        OptionalInt interval = OptionalInt.empty();
        if (policy.placement() instanceof Placement.Uniform uniform) {
            branch = OptionalInt.of(uniform.branch());
            interval = OptionalInt.of(uniform.interval());
        } else if (policy.placement() instanceof Placement.Sought sought) {
            branch = OptionalInt.of(sought.branch());
            interval = OptionalInt.of(sought.interval());
        }
        return new Contender(title, branch, interval, policy, Optional.empty());
    }

    /** The same place in the tables for what calibration made of its policy. */
    Contender calibrated(Policy fitted, Optional<CorrectionTable> table) {
        return new Contender(title, branch, interval, fitted, table);
    }

    /** Such as {@code newton2 N = 5, branch 2}. */
    String name() {
        return title
                + (interval.isPresent() ? " N = " + interval.getAsInt() : "")
                + (branch.isPresent() ? ", branch " + branch.getAsInt() : "");
    }

    /** Compiles its session. */
    DeepCacheSession open(
            Pipeline pipeline, Engine engine, Precision precision, Consumer<StepEvent> listener) {
        DeepCacheSession.Builder builder =
                DeepCacheSession.of(
                                pipeline.unet(), pipeline.anatomy(), policy, pipeline.calls())
                        .engine(engine, precision)
                        .listener(listener);
        corrections.ifPresent(builder::corrections);
        return builder.open();
    }
}
