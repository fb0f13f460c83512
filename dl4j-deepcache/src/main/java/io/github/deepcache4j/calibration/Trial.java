// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.schedule.BranchSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs policies on the calibration images and tells how far their final samples are from the
 * uncached ones. A run that begins as the best run so far did is replayed up to where it differs.
 */
final class Trial {

    private final DeepCacheSession session;
    private final SampleRun run;
    private final int calls;
    private final INDArray uncached;
    private Known known;
    private double least = Double.POSITIVE_INFINITY;
    private final Map<Policy, SampleErrors> made = new HashMap<>();

    private record Known(List<INDArray> answers, BranchSchedule schedule, Policy policy) {}

    /**
     * @param session compiled for all branches that will be tried
     * @param uncached final samples of the uncached run
     * @param recording of the uncached run
     */
    Trial(
            DeepCacheSession session,
            SampleRun run,
            int calls,
            INDArray uncached,
            List<INDArray> recording) {
        this.session = session;
        this.run = run;
        this.calls = calls;
        this.uncached = uncached;
        this.known = new Known(recording, step -> BranchSchedule.FULL, session.policy());
    }

    /** Errors of the final samples of a run that others will not begin as. */
    SampleErrors probe(Policy policy, @Nullable CorrectionTable corrections) {
        return corrections == null ? made(policy, false) : run(policy, corrections, false);
    }

    /** Error of the final samples by which a search goes; infinite or NaN if they are. */
    double error(Policy policy) {
        return made(policy, true).typical();
    }

    /** Errors of a run without corrections, which is made once: searches come upon it again. */
    private SampleErrors made(Policy policy, boolean remember) {
        return made.computeIfAbsent(policy, one -> run(one, null, remember));
    }

    private SampleErrors run(
            Policy policy, @Nullable CorrectionTable corrections, boolean remember) {
        BranchSchedule schedule = policy.placement().schedule(calls);
        int same = corrections == null ? sharedWith(policy, schedule) : 0;
        int[] needed =
                FullSteps.before(schedule.fullSteps(calls), same, policy.forecast().anchors());
        session.follow(policy, calls, corrections);
        Replay replay =
                new Replay(session, known.answers(), step -> step < same && !isAmong(needed, step));
        INDArray samples = run.samples(replay);
        SampleErrors errors = SampleErrors.of(samples, uncached);
        if (remember && errors.typical() < least) {
            least = errors.typical();
            known = new Known(replay.answers(), schedule, policy);
        }
        return errors;
    }

    /** Steps from the first on that go as in the known run. */
    private int sharedWith(Policy policy, BranchSchedule schedule) {
        int step = 0;
        while (step < calls
                && schedule.branch(step) == known.schedule().branch(step)
                && (schedule.branch(step) == BranchSchedule.FULL
                        || sameForecast(policy.forecast(), known.policy().forecast(), step))) {
            step++;
        }
        return step;
    }

    private static boolean sameForecast(Forecast one, Forecast other, int step) {
        if (one instanceof Fitted first && other instanceof Fitted second) {
            return Objects.equals(first.steps().get(step), second.steps().get(step));
        }
        return one.equals(other);
    }

    private static boolean isAmong(int[] steps, int step) {
        for (int other : steps) {
            if (other == step) {
                return true;
            }
        }
        return false;
    }
}
