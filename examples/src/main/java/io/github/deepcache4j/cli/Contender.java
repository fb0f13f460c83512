// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.report.ComparedRun;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A way to cache that is compared with the uncached run.
 *
 * @param title by which it stands in the tables
 * @param branch where it cuts, if it is one branch
 * @param interval that its full steps are uniform for, or as many as
 * @param fitted what it does; nothing is fitted yet if the policy needs calibration
 */
record Contender(String title, OptionalInt branch, OptionalInt interval, FittedPolicy fitted) {

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
        return of(
                title,
                new FittedPolicy(policy, policy.tag(), Optional.empty(), Double.NaN, Double.NaN));
    }

    /** The same of a policy that was calibrated. */
    static Contender of(String title, FittedPolicy fitted) {
        Placement placement = fitted.policy().placement();
        OptionalInt branch = OptionalInt.empty();
        OptionalInt interval = OptionalInt.empty();
        if (placement instanceof Placement.Uniform uniform) {
            branch = OptionalInt.of(uniform.branch());
            interval = OptionalInt.of(uniform.interval());
        } else if (placement instanceof Placement.Sought sought) {
            branch = OptionalInt.of(sought.branch());
            interval = OptionalInt.of(sought.interval());
        }
        return new Contender(title, branch, interval, fitted);
    }

    /** The same place in the tables for what calibration made of its policy. */
    Contender calibrated(FittedPolicy result) {
        return new Contender(title, branch, interval, result);
    }

    Policy policy() {
        return fitted.policy();
    }

    /** Such as {@code newton2 N = 5, branch 2}. */
    String name() {
        return title
                + (interval.isPresent() ? " N = " + interval.getAsInt() : "")
                + (branch.isPresent() ? ", branch " + branch.getAsInt() : "");
    }
}
