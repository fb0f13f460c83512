// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.PredictionType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The samplers by name: diffusers' class, and a short one. */
public enum SamplerKind {
    DDPM("DDPMScheduler", "ddpm", Defaults.DENOISING),
    DDIM("DDIMScheduler", "ddim", Defaults.DENOISING),
    PNDM("PNDMScheduler", "pndm", new Defaults(TimestepSpacing.LEADING, false, false, false)),
    DPM_SOLVER("DPMSolverMultistepScheduler", "dpm++", Defaults.SIGMAS),
    EULER("EulerDiscreteScheduler", "euler", Defaults.SIGMAS),
    EULER_ANCESTRAL("EulerAncestralDiscreteScheduler", "euler-a", Defaults.SIGMAS),
    HEUN("HeunDiscreteScheduler", "heun", Defaults.STABLE_SIGMAS),
    KDPM2("KDPM2DiscreteScheduler", "kdpm2", Defaults.STABLE_SIGMAS),
    UNIPC("UniPCMultistepScheduler", "unipc", Defaults.SIGMAS),
    LCM("LCMScheduler", "lcm", new Defaults(TimestepSpacing.LEADING, false, true, true)),
    EDM_EULER("EDMEulerScheduler", "edm-euler", Defaults.SIGMAS),
    CONSISTENCY("CMStochasticIterativeScheduler", "consistency", Defaults.SIGMAS);

    /**
     * What diffusers 0.37 takes for keys that a configuration does not have.
     *
     * @param stableBetas 0.00085 to 0.012 instead of 1e-4 to 0.02
     */
    record Defaults(
            TimestepSpacing spacing, boolean clip, boolean alphaToOne, boolean stableBetas) {

        static final Defaults DENOISING = new Defaults(TimestepSpacing.LEADING, true, true, false);
        static final Defaults SIGMAS = new Defaults(TimestepSpacing.LINSPACE, false, true, false);
        static final Defaults STABLE_SIGMAS =
                new Defaults(TimestepSpacing.LINSPACE, false, true, true);

        BetaSchedule betas() {
            return stableBetas && spacing == TimestepSpacing.LEADING
                    ? BetaSchedule.SCALED_LINEAR
                    : BetaSchedule.LINEAR;
        }
    }

    private final String className;
    private final String shortName;
    private final Defaults defaults;

    SamplerKind(String className, String shortName, Defaults defaults) {
        this.className = className;
        this.shortName = shortName;
        this.defaults = defaults;
    }

    /** Diffusers' class, as {@code _class_name} of a scheduler configuration has it. */
    public String className() {
        return className;
    }

    public String shortName() {
        return shortName;
    }

    Defaults defaults() {
        return defaults;
    }

    /**
     * Whether its noise levels are those of a trained {@link NoiseSchedule}; if not, they are
     * sigmas of its own options.
     */
    public boolean hasSchedule() {
        return this != EDM_EULER && this != CONSISTENCY;
    }

    /**
     * Finds a kind by its diffusers class or its short name, in any case.
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static SamplerKind parse(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "there is no sampler " + name + "; there are " + list()));
    }

    static Optional<SamplerKind> find(String name) {
        return Arrays.stream(values())
                .filter(
                        kind ->
                                kind.className.equalsIgnoreCase(name)
                                        || kind.shortName.equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Such as "ddpm (DDPMScheduler), ddim (DDIMScheduler), ...". */
    public static String list() {
        return Arrays.stream(values())
                .map(kind -> kind.shortName + " (" + kind.className + ")")
                .collect(Collectors.joining(", "));
    }

    void refuse(NoiseSchedule schedule, PredictionType type) {
        refuse(schedule.predictionType(), type);
    }

    void refuse(PredictionType given, PredictionType type) {
        if (given == type) {
            throw new IllegalArgumentException(
                    className
                            + " is not defined for prediction_type "
                            + type
                            + "; take another sampler");
        }
    }
}
