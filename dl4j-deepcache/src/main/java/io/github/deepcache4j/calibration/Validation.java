// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.CorrectionTable;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.session.DeepCacheSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The last word on what a search has found: a search suits the images it was made on, so its
 * results are run on others too, against policies that nobody had to search for.
 */
final class Validation {

    private final Trial searched;
    private final DeepCacheSession session;
    private final int calls;
    private final Consumer<String> progress;
    private final List<Group> others = new ArrayList<>();

    private final Map<Policy, SampleErrors> known = new HashMap<>();

    private record Group(SampleRun run, INDArray uncached) {}

    /**
     * Makes the uncached runs.
     *
     * @param searched tells errors on the images that were searched on
     * @param session compiled for all branches of the policies
     * @param runs of other images; none if there are none
     * @param progress is told, in one line each, the error of a policy on all images
     */
    Validation(
            Trial searched,
            DeepCacheSession session,
            int calls,
            List<SampleRun> runs,
            Consumer<String> progress) {
        this.searched = searched;
        this.session = session;
        this.calls = calls;
        this.progress = progress;
        for (SampleRun run : runs) {
            session.follow(Policy.of(new Placement.Uncached(), new Reuse()), calls, null);
            others.add(new Group(run, run.samples(session)));
        }
    }

    /** Errors of the final samples, on all images. */
    SampleErrors errors(Policy policy, @Nullable CorrectionTable corrections) {
        return corrections == null
                ? known.computeIfAbsent(policy, one -> run(one, null))
                : run(policy, corrections);
    }

    private SampleErrors run(Policy policy, @Nullable CorrectionTable corrections) {
        SampleErrors errors = searched.probe(policy, corrections);
        for (Group group : others) {
            session.follow(policy, calls, corrections);
            errors = errors.and(SampleErrors.of(group.run.samples(session), group.uncached));
        }
        progress.accept(
                String.format(
                        Locale.ROOT,
                        "%s on all %d images: %.5f RMS",
                        policy.tag(),
                        errors.meanSquares().length,
                        Math.sqrt(errors.typical())));
        return errors;
    }

    /**
     * The best policy.
     *
     * @param safe policies that need no search
     * @param found by one
     * @return one of {@code found} if it is better than all of {@code safe} by more than chance
     * @throws IllegalArgumentException if none gives finite samples
     */
    Policy best(List<Policy> safe, List<Policy> found) {
        Policy safest = Collections.min(safe, Comparator.comparingDouble(this::error));
        SampleErrors bar = errors(safest, null);
        Policy best =
                found.stream()
                        .filter(one -> errors(one, null).surelyBelow(bar))
                        .min(Comparator.comparingDouble(this::error))
                        .orElse(safest);
        if (error(best) == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "no policy of this budget gives finite samples; give a smaller interval");
        }
        return best;
    }

    private double error(Policy policy) {
        double error = errors(policy, null).typical();
        return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
}
