// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.schedule.ScheduleParser;
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
    private int interval = 5;

    @Option(
            names = "--schedule",
            paramLabel = "S",
            description = "uniform (default), quad:CENTER:POWER, or the full steps, as 0,5,9.")
    private String schedule = "uniform";

    @Option(names = "--uncached", description = "Run every step in full.")
    private boolean uncached;

    @Mixin private BranchOptions where = new BranchOptions();

    boolean isUncached() {
        return uncached || (interval == 1 && schedule.equals("uniform"));
    }

    /**
     * The schedule.
     *
     * @param calls of the network in a run
     */
    CacheSchedule schedule(int calls) {
        SamplingSettings.positive("--interval", interval);
        return ScheduleParser.parse(schedule, interval, calls);
    }

    /** The schedule as it was written, for the record. */
    String text() {
        boolean list = Character.isDigit(schedule.charAt(0));
        return list ? schedule : schedule + ", interval " + interval;
    }

    CachePlan plan(AnatomyResult anatomy) {
        return where.plan(anatomy);
    }
}
