// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import io.github.deepcache4j.session.StepEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one sampling run did, step by step and in total.
 *
 * @param steps in order
 * @param seconds wall-clock time of the whole run, the sampler's arithmetic included
 * @param predictedSpeedup over a run of full steps only, as the multiply-accumulates predict it
 * @param provenance what is needed to repeat the run: model, plan, schedule, sampler, seed, ...
 */
public record RunReport(
        List<StepRow> steps,
        double seconds,
        double predictedSpeedup,
        Map<String, Object> provenance) {

    /**
     * One step: all calls of its index taken together (the calls for the parts of a batch, and the
     * two that guidance may make).
     *
     * @param kind of the dearest call
     * @param branch where a cached step was cut, the innermost of its calls
     * @param skipped calls that guidance left out
     */
    public record StepRow(
            int index,
            double timestep,
            StepEvent.Kind kind,
            int branch,
            int skipped,
            double seconds,
            long macs) {

        private StepRow plus(StepEvent event) {
            StepEvent.Kind dearest = event.kind().compareTo(kind) < 0 ? event.kind() : kind;
            return new StepRow(
                    index,
                    timestep,
                    dearest,
                    dearest == StepEvent.Kind.CACHED
                            ? Math.max(branch, event.branch())
                            : StepEvent.NO_BRANCH,
                    skipped + (event.kind() == StepEvent.Kind.SKIPPED ? 1 : 0),
                    seconds + event.seconds(),
                    macs + event.macs());
        }

        /** For people to read: {@code full}, {@code cached@2}, {@code cached@2, 1 skipped}. */
        public String label() {
            String label = StepEvent.label(kind, branch);
            return skipped == 0 || kind == StepEvent.Kind.SKIPPED
                    ? label
                    : label + ", " + skipped + " skipped";
        }
    }

    public RunReport {
        steps = List.copyOf(steps);
    }

    /** Sums up the calls of a run. */
    public static RunReport of(
            Collection<StepEvent> events,
            double seconds,
            double predictedSpeedup,
            Map<String, Object> provenance) {
        Map<Integer, StepRow> rows = new TreeMap<>();
        for (StepEvent event : events) {
            StepRow row =
                    rows.getOrDefault(
                            event.index(),
                            new StepRow(
                                    event.index(),
                                    event.timestep(),
                                    StepEvent.Kind.SKIPPED,
                                    StepEvent.NO_BRANCH,
                                    0,
                                    0,
                                    0));
            rows.put(event.index(), row.plus(event));
        }
        return new RunReport(new ArrayList<>(rows.values()), seconds, predictedSpeedup, provenance);
    }

    public int fullSteps() {
        return Math.toIntExact(
                steps.stream().filter(step -> step.kind() == StepEvent.Kind.FULL).count());
    }

    public int cachedSteps() {
        return steps.size() - fullSteps();
    }

    /** Multiply-accumulates of convolutions and linear layers of the whole run. */
    public long macs() {
        return steps.stream().mapToLong(StepRow::macs).sum();
    }
}
