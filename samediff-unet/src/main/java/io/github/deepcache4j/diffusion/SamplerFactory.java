// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Makes samplers of one kind as a scheduler configuration wants them. Immutable. */
public final class SamplerFactory {

    private final SamplerKind kind;
    private final Optional<NoiseSchedule> schedule;
    private final IntFunction<Sampler> maker;
    private final List<String> notes;

    SamplerFactory(
            SamplerKind kind,
            Optional<NoiseSchedule> schedule,
            IntFunction<Sampler> maker,
            List<String> notes) {
        this.kind = kind;
        this.schedule = schedule;
        this.maker = maker;
        this.notes = List.copyOf(notes);
    }

    /**
     * Reads diffusers' {@code scheduler_config.json}, whose {@code _class_name} picks the sampler;
     * DDIM without one.
     *
     * @throws IOException if the file cannot be read, or asks for something that is not understood
     *     or not supported; one line that names the file and every such key with its value
     */
    public static SamplerFactory read(Path schedulerConfig) throws IOException {
        return SchedulerConfigReader.read(schedulerConfig, null);
    }

    /**
     * As {@link #read(Path)} for another sampler than the file's: keys that both have count, absent
     * ones get this sampler's defaults.
     */
    public static SamplerFactory read(Path schedulerConfig, SamplerKind kind) throws IOException {
        return SchedulerConfigReader.read(schedulerConfig, kind);
    }

    /**
     * A sampler with default options.
     *
     * @param schedule left aside by kinds that have none
     */
    public static SamplerFactory of(SamplerKind kind, NoiseSchedule schedule) {
        return kind.hasSchedule()
                ? scheduled(kind, ConfigKeys.none(), schedule)
                : unscheduled(kind, ConfigKeys.none());
    }

    static SamplerFactory scheduled(SamplerKind kind, ConfigKeys keys, NoiseSchedule schedule) {
        return new SamplerFactory(
                kind, Optional.of(schedule), maker(kind, keys, schedule), List.of());
    }

    static SamplerFactory unscheduled(SamplerKind kind, ConfigKeys keys) {
        IntFunction<Sampler> maker;
        if (kind == SamplerKind.EDM_EULER) {
            EdmEulerOptions options = EdmEulerOptions.read(keys);
            maker = steps -> EdmEulerSampler.of(steps, options);
        } else {
            ConsistencyOptions options = ConsistencyOptions.read(keys);
            maker = steps -> ConsistencySampler.of(steps, options);
        }
        return new SamplerFactory(kind, Optional.empty(), maker, List.of());
    }

    SamplerFactory withNotes(List<String> lines) {
        return new SamplerFactory(kind, schedule, maker, lines);
    }

    private static IntFunction<Sampler> maker(
            SamplerKind kind, ConfigKeys keys, NoiseSchedule schedule) {
        SigmaOptions sigmas = SigmaOptions.read(keys, kind);
        SigmaSpacing spacing = sigmas.spacing();
        return switch (kind) {
            case DDPM -> steps -> DdpmSampler.of(schedule, steps);
            case DDIM -> steps -> DdimSampler.of(schedule, steps);
            case PNDM -> {
                boolean rungeKutta = !keys.flag("skip_prk_steps", false);
                yield steps -> PndmSampler.of(schedule, steps, rungeKutta);
            }
            case DPM_SOLVER -> {
                DpmSolverOptions options = DpmSolverOptions.read(keys);
                yield steps -> DpmSolverSampler.of(schedule, steps, options, sigmas);
            }
            case EULER -> steps -> EulerSampler.of(schedule, steps, sigmas);
            case EULER_ANCESTRAL -> steps -> EulerAncestralSampler.of(schedule, steps);
            case HEUN -> steps -> HeunSampler.of(schedule, steps, spacing);
            case KDPM2 -> steps -> Kdpm2Sampler.of(schedule, steps, spacing);
            case UNIPC -> {
                UniPcOptions options = UniPcOptions.read(keys);
                yield steps -> UniPcSampler.of(schedule, steps, options, sigmas);
            }
            case LCM -> {
                LcmOptions options = LcmOptions.read(keys);
                yield steps -> LcmSampler.of(schedule, steps, options);
            }
            case EDM_EULER, CONSISTENCY ->
                    throw new IllegalArgumentException(kind.className() + " has no noise schedule");
        };
    }

    public SamplerKind kind() {
        return kind;
    }

    /** The noise that the model was trained with; empty for kinds that go by sigma alone. */
    public Optional<NoiseSchedule> schedule() {
        return schedule;
    }

    /**
     * A sampler of so many steps.
     *
     * @throws IllegalArgumentException if the sampler cannot take so many, or the schedule is
     *     nothing for it
     */
    public Sampler sampler(int steps) {
        return maker.apply(steps);
    }

    /** What the configuration says that this sampler has no use for, a line each. */
    public List<String> notes() {
        return notes;
    }
}
