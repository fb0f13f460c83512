// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.diffusion.WholeTimesteps;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.schedule.ExplicitSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.UncachedPredictor;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whole runs on imported networks, recorded by make_sampler_runs.py: diffusers' schedulers
 * uncached, and with the original DeepCache helper (PyPI DeepCache 0.1.1).
 */
class SamplerRunsGoldenTest {

    /** Of the largest magnitude. */
    private static final double TOLERANCE = 1e-4;

    private static final double CACHED_TOLERANCE = 1e-3;

    private static final String STABLE =
            ", \"beta_schedule\": \"scaled_linear\", \"beta_start\": 0.00085, \"beta_end\": 0.012";

    private static Map<String, INDArray> recorded;
    private static UNet ddpm;
    private static UNet sd;

    @TempDir Path folder;

    @BeforeAll
    static void load() {
        recorded = Fixtures.arrays("samplers.npz");
        ddpm = Fixtures.unet("ddpm.ts14.onnx", 1);
        sd = Fixtures.sd(1);
    }

    @ParameterizedTest
    @EnumSource
    void uncached(SamplerKind kind) throws IOException {
        assertRuns(kind, 5);
    }

    /** All that was recorded; minutes long, so only with {@code -Ddeepcache.longRuns=true}. */
    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = "deepcache.longRuns", matches = "true")
    void uncachedLong(SamplerKind kind) throws IOException {
        assertRuns(kind, 20);
        assertRuns(kind, 50);
    }

    private void assertRuns(SamplerKind kind, int steps) throws IOException {
        String name = kind.className().replace("Scheduler", "");
        assertRun("ddpm_" + name, ddpm, Map.of(), sampler(kind, "", steps));
        assertRun("sd_" + name, sd, states(), sampler(kind, STABLE, steps));
    }

    private Sampler sampler(SamplerKind kind, String betas, int steps) throws IOException {
        String options =
                switch (kind) {
                    case DDIM -> ", \"clip_sample\": false" + betas;
                    case EDM_EULER -> "";
                    case CONSISTENCY -> ", \"num_train_timesteps\": 50";
                    default -> betas;
                };
        return sampler(kind, options).sampler(steps);
    }

    private SamplerFactory sampler(SamplerKind kind, String options) throws IOException {
        Path config = folder.resolve("scheduler_config.json");
        Files.writeString(config, "{\"_class_name\": \"" + kind.className() + "\"" + options + "}");
        return SamplerFactory.read(config);
    }

    private static void assertRun(
            String run, UNet unet, Map<String, INDArray> conditions, Sampler sampler) {
        try (UncachedPredictor predictor =
                UncachedPredictor.of(unet, new SameDiffEngine(), Precision.F32, 0, event -> {})) {
            String network = run.substring(0, run.indexOf('_'));
            INDArray sample = sample(network, sampler, predictor, conditions);
            assertClose(run + "_" + sampler.steps(), sample, TOLERANCE);
        }
    }

    /**
     * The helper looks its step up by the timestep's value, so PNDM's full calls are not uniform;
     * the recorded ones are replayed.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void cached(int branch) throws IOException {
        Map<String, Sampler> samplers =
                Map.of(
                        "PNDM", cachedSampler(SamplerKind.PNDM, ", \"skip_prk_steps\": true"),
                        "DPMSolverMultistep", cachedSampler(SamplerKind.DPM_SOLVER, ""),
                        "EulerDiscrete",
                                cachedSampler(
                                        SamplerKind.EULER, ", \"timestep_spacing\": \"leading\""));
        AtomicReference<CacheSchedule> schedule = new AtomicReference<>();
        try (DeepCacheSession session =
                DeepCacheSession.of(
                                sd,
                                CachePlanner.atBranch(sd, branch).orThrow(),
                                call -> schedule.get().full(call))
                        .open()) {
            for (Map.Entry<String, Sampler> entry : samplers.entrySet()) {
                for (int interval : new int[] {2, 3, 5}) {
                    String run = "cached_" + entry.getKey() + "_n" + interval;
                    int[] full = array(run + "_full").toIntVector();
                    schedule.set(new ExplicitSchedule(Arrays.stream(full).boxed().toList()));
                    session.reset();
                    INDArray sample = sample("sd", entry.getValue(), session, states());
                    assertClose(run + "_b" + branch, sample, CACHED_TOLERANCE);
                }
            }
        }
    }

    private Sampler cachedSampler(SamplerKind kind, String options) throws IOException {
        return sampler(kind, ", \"steps_offset\": 1" + options + STABLE).sampler(10);
    }

    private static INDArray sample(
            String network,
            Sampler sampler,
            NoisePredictor predictor,
            Map<String, INDArray> conditions) {
        List<INDArray> drawn = new ArrayList<>();
        for (int step = 0; step < sampler.steps(); step++) {
            drawn.add(array(network + "_step_noise").slice(step % 10));
        }
        NoiseSource noise = NoiseSource.recorded(array(network + "_noise"), drawn);
        return SamplingLoop.of(sampler, WholeTimesteps.of(predictor))
                .run(noise, conditions, StepListener.NONE, array(network + "_noise").shape());
    }

    private static Map<String, INDArray> states() {
        return Map.of("encoder_hidden_states", array("states"));
    }

    private static INDArray array(String name) {
        return Objects.requireNonNull(recorded.get(name), name);
    }

    private static void assertClose(String run, INDArray actual, double tolerance) {
        INDArray expected = array(run);
        double difference = expected.sub(actual).amaxNumber().doubleValue();
        double relative = difference / expected.amaxNumber().doubleValue();
        System.out.printf("%s: relative error %.1e%n", run, relative);
        assertTrue(relative <= tolerance, () -> run + " differs by " + relative);
    }
}
