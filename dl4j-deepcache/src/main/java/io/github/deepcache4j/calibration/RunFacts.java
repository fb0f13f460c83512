// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.List;

/**
 * What a policy was fitted to, or is to be used with.
 *
 * @param modelSha256 of the model's file and weights, in hexadecimal
 * @param sampler its short name, such as {@code ddim}
 * @param steps of the sampler
 * @param calls network calls of a run, those that guidance makes for one step counted once
 * @param guidance scale of classifier-free guidance; 1 for none
 * @param stochastic whether the sampler adds fresh noise in its steps
 */
public record RunFacts(
        String modelSha256,
        String sampler,
        int steps,
        int calls,
        double guidance,
        boolean stochastic) {

    /** Of a sampler that adds no noise. */
    public RunFacts(String modelSha256, String sampler, int steps, int calls, double guidance) {
        this(modelSha256, sampler, steps, calls, guidance, false);
    }

    /** Whether forecasts fitted to this would extrapolate noise that they have never seen. */
    boolean isUpsetBy(RunFacts use) {
        return use.stochastic && !stochastic;
    }

    /**
     * Why a policy fitted to this cannot be used there.
     *
     * @param stretch whether another number of steps will do
     * @return whole sentences; empty if it can
     */
    public List<String> refusals(RunFacts use, boolean stretch) {
        List<String> reasons = new ArrayList<>();
        if (!modelSha256.equals(use.modelSha256)) {
            reasons.add(
                    "It was calibrated on another model (SHA-256 "
                            + modelSha256
                            + ", this one has "
                            + use.modelSha256
                            + ").");
        }
        if (!stretch && calls != use.calls) {
            reasons.add(
                    "It was calibrated for "
                            + steps
                            + " steps ("
                            + calls
                            + " network calls), this run has "
                            + use.steps
                            + " ("
                            + use.calls
                            + "); --stretch spreads its full steps over another number.");
        }
        return reasons;
    }

    /** What differs without being in the way. */
    public List<String> warnings(RunFacts use) {
        List<String> warnings = new ArrayList<>();
        if (!sampler.equals(use.sampler)) {
            warnings.add(
                    "the policy was calibrated with the sampler "
                            + sampler
                            + ", this run uses "
                            + use.sampler);
        }
        if (isUpsetBy(use)) {
            warnings.add(
                    "forecasts calibrated without fresh noise do harm with it, so the policy's"
                            + " plain DeepCache runs instead; calibrate with this sampler for more");
        }
        if (guidance != use.guidance) {
            warnings.add(
                    "the policy was calibrated with guidance "
                            + guidance
                            + ", this run has "
                            + use.guidance);
        }
        return warnings;
    }
}
