// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which noise levels a sampler goes through that steps by sigma.
 *
 * @param spacing of the levels
 * @param endsAtZero whether the last step removes all noise (diffusers' {@code final_sigmas_type}
 *     zero), or ends at the smallest level ({@code sigma_min})
 * @param smallest lower end of a spacing other than {@link SigmaSpacing#TIMESTEPS}; empty for the
 *     sampler's own. {@code sigma_min}
 * @param largest its upper end; {@code sigma_max}
 * @param logLinear Euler only: levels of equal steps in log sigma while the timesteps stay, {@code
 *     interpolation_type} log_linear
 * @param logSigmaTimesteps Euler with v prediction only: the network is told ln(sigma) / 4 in place
 *     of a timestep; {@code timestep_type} continuous
 */
public record SigmaOptions(
        SigmaSpacing spacing,
        boolean endsAtZero,
        OptionalDouble smallest,
        OptionalDouble largest,
        boolean logLinear,
        boolean logSigmaTimesteps) {

    private static final Set<SamplerKind> SPACED =
            EnumSet.of(
                    SamplerKind.DPM_SOLVER,
                    SamplerKind.EULER,
                    SamplerKind.HEUN,
                    SamplerKind.KDPM2,
                    SamplerKind.UNIPC);
    private static final Map<String, SigmaSpacing> SPACINGS =
            new TreeMap<>(
                    Map.of(
                            "use_karras_sigmas", SigmaSpacing.KARRAS,
                            "use_exponential_sigmas", SigmaSpacing.EXPONENTIAL,
                            "use_beta_sigmas", SigmaSpacing.BETA));

    /**
     * @throws IllegalArgumentException if an end is not positive
     */
    public SigmaOptions {
        if (!(smallest.orElse(1) > 0) || !(largest.orElse(1) > 0)) {
            throw new IllegalArgumentException(
                    "sigma_min "
                            + smallest.orElse(0)
                            + " and sigma_max "
                            + largest.orElse(0)
                            + " are positive where they are given");
        }
    }

    /** Diffusers' defaults: the levels of the timesteps, down to no noise at all. */
    public static SigmaOptions defaults() {
        return of(SigmaSpacing.TIMESTEPS);
    }

    /** A spacing between the sampler's own ends, down to no noise at all. */
    public static SigmaOptions of(SigmaSpacing spacing) {
        return new SigmaOptions(
                spacing, true, OptionalDouble.empty(), OptionalDouble.empty(), false, false);
    }

    /** The spacing's levels; not for {@link SigmaSpacing#TIMESTEPS}. */
    double[] spread(double ownLargest, double ownSmallest, int steps) {
        return spacing.sigmas(largest.orElse(ownLargest), smallest.orElse(ownSmallest), steps);
    }

    /**
     * Reads the keys that a kind has; those that it does not have stay, and get their defaults.
     *
     * @param keys also told what is wrong
     */
    static SigmaOptions read(ConfigKeys keys, SamplerKind kind) {
        boolean spaced = SPACED.contains(kind);
        boolean euler = kind == SamplerKind.EULER;
        boolean ends = euler || kind == SamplerKind.UNIPC;
        return new SigmaOptions(
                spaced ? spacing(keys) : SigmaSpacing.TIMESTEPS,
                !(ends || kind == SamplerKind.DPM_SOLVER)
                        || keys.word("final_sigmas_type", "zero", "sigma_min").equals("zero"),
                ends ? keys.optionalNumber("sigma_min") : OptionalDouble.empty(),
                ends ? keys.optionalNumber("sigma_max") : OptionalDouble.empty(),
                euler && !keys.word("interpolation_type", "linear", "log_linear").equals("linear"),
                euler && !keys.word("timestep_type", "discrete", "continuous").equals("discrete"));
    }

    private static SigmaSpacing spacing(ConfigKeys keys) {
        List<SigmaSpacing> asked = new ArrayList<>();
        SPACINGS.forEach(
                (key, spacing) -> {
                    if (keys.flag(key, false)) {
                        asked.add(spacing);
                    }
                });
        if (asked.size() > 1) {
            keys.fault("only one of " + String.join(", ", SPACINGS.keySet()) + " can be true");
        }
        return asked.isEmpty() ? SigmaSpacing.TIMESTEPS : asked.get(0);
    }
}
