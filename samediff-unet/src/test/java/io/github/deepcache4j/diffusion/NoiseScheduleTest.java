// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoiseScheduleTest {

    @TempDir Path folder;

    /** The file of Stable Diffusion 1.5, keys and all. */
    @Test
    void readsAFileThatSaysMoreThanTheSchedule() throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(
                file,
                """
                {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
                 "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
                 "num_train_timesteps": 1000, "prediction_type": "v_prediction",
                 "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1,
                 "trained_betas": null, "_anything": {"goes": "here"}}
                """);
        NoiseSchedule schedule = NoiseSchedule.read(file);
        assertEquals(NoiseSchedule.scaledLinear().alphaBar(999), schedule.alphaBar(999));
        assertEquals(PredictionType.V_PREDICTION, schedule.predictionType());
        assertTrue(schedule.clipRange().isEmpty());
        assertEquals(schedule.alphaBar(0), schedule.finalAlphaBar());
        assertArrayEquals(new int[] {751, 501, 251, 1}, schedule.timesteps(4));
    }

    @Test
    void readsTheBundledModelsFile() throws IOException {
        NoiseSchedule schedule =
                NoiseSchedule.read(
                        Path.of(
                                System.getProperty("deepcache.models"),
                                "mnist-unet/scheduler/scheduler_config.json"));
        assertEquals(NoiseSchedule.linear().alphaBar(500), schedule.alphaBar(500));
        assertEquals(OptionalDouble.of(1), schedule.clipRange());
        assertEquals(VarianceType.FIXED_SMALL, schedule.varianceType());
    }

    @Test
    void alphaBarFallsFromAlmostOneToAlmostZero() {
        for (NoiseSchedule schedule :
                new NoiseSchedule[] {NoiseSchedule.linear(), NoiseSchedule.cosine()}) {
            for (int t = 1; t < 1000; t++) {
                assertTrue(schedule.alphaBar(t) < schedule.alphaBar(t - 1), "timestep " + t);
            }
            assertEquals(1, schedule.alphaBar(0), 1e-3);
            assertEquals(0, schedule.alphaBar(999), 1e-4);
        }
    }

    @Test
    void thereAreAlwaysAsManyTimestepsAsAskedForAndAllAreTrainedOnes() {
        for (TimestepSpacing spacing : TimestepSpacing.values()) {
            NoiseSchedule schedule = NoiseSchedule.linear().withSpacing(spacing, 0);
            for (int steps = 1; steps <= 1000; steps++) {
                int[] timesteps = schedule.timesteps(steps);
                assertEquals(steps, timesteps.length);
                assertTrue(timesteps[0] < 1000 && timesteps[steps - 1] >= 0);
                for (int i = 1; i < steps; i++) {
                    assertTrue(timesteps[i] < timesteps[i - 1], spacing + " " + steps);
                }
            }
        }
    }

    @Test
    void logSnrIsThatOfAlphaBarAndLiesBetweenWholeTimesteps() {
        NoiseSchedule schedule = NoiseSchedule.linear();
        double alphaBar = schedule.alphaBar(300);
        assertEquals(0.5 * Math.log(alphaBar / (1 - alphaBar)), schedule.logSnr(300), 1e-9);
        double between = schedule.logSnr(300.25);
        assertTrue(between < schedule.logSnr(300) && between > schedule.logSnr(301));
        assertTrue(schedule.logSnr(0) > 0 && schedule.logSnr(999) < 0);
        assertThrows(IllegalArgumentException.class, () -> schedule.logSnr(1000));
        assertThrows(IllegalArgumentException.class, () -> schedule.logSnr(Double.NaN));
    }
}
