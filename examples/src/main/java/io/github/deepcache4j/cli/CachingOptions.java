// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.schedule.ScheduleParser;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the network is cut and which steps are full. */
final class CachingOptions {

    @Option(
            names = "--interval",
            paramLabel = "N",
            description = {
                "One full call of the network every N; 1 caches nothing; default 5. Most samplers",
                "make one call a step; heun and kdpm2 make two."
            })
    private @Nullable Integer interval;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            description = "uniform (default), quad:CENTER:POWER, or the full steps, as 0,5,9.")
    private @Nullable String schedule;

    @Option(names = "--uncached", description = "Run every step in full.")
    private boolean uncached;

    @Option(
            names = "--policy",
            paramLabel = "TAG|FILE",
            description = {
                "Instead of --interval, --schedule and --branch: a policy, as N5b2.newton2 (every",
                "5th step full, branch 2, forecast of order 2), or a file that calibrate wrote."
            })
    private @Nullable String policy;

    @Option(
            names = "--stretch",
            description = "Spread a policy file's full steps over another number of steps.")
    private boolean stretch;

    @Mixin private BranchOptions where = new BranchOptions();

    boolean isUncached() {
        return uncached || (interval() == 1 && schedule().equals("uniform"));
    }

    /**
     * The policy of {@code --policy}.
     *
     * @throws UserError if it cannot be read, or other options say the same
     */
    Optional<PolicyChoice> policy() {
        if (policy == null) {
            if (stretch) {
                throw new UserError("--stretch is for a policy file; give one by --policy");
            }
            return Optional.empty();
        }
        if (uncached || interval != null || schedule != null || where.isGiven()) {
            throw new UserError(
                    "--policy says which steps are full and where the others are cut; leave out"
                            + " --interval, --schedule, --branch, --max-share and --uncached");
        }
        return Optional.of(PolicyChoice.read(policy, stretch));
    }

    /**
     * The schedule.
     *
     * @param calls of the network in a run
     */
    CacheSchedule schedule(int calls) {
        SamplingSettings.positive("--interval", interval());
        return ScheduleParser.parse(schedule(), interval(), calls);
    }

    /** The schedule as it was written, for the record. */
    String text() {
        boolean list = Character.isDigit(schedule().charAt(0));
        return list ? schedule() : schedule() + ", interval " + interval();
    }

    CachePlan plan(AnatomyResult anatomy) {
        return where.plan(anatomy);
    }

    private int interval() {
        return interval == null ? 5 : interval;
    }

    private String schedule() {
        return schedule == null ? "uniform" : schedule;
    }
}
