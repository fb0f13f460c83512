// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers of diffusers and PyTorch, by make_training.py. */
class TrainingGoldenTest {

    private static Map<String, INDArray> golden = Map.of();

    @BeforeAll
    static void read() throws IOException {
        golden = NpzFile.read(Path.of("src/test/resources/training/golden.npz"));
    }

    @ParameterizedTest
    @EnumSource(PredictionType.class)
    void minSnrWeights(PredictionType type) {
        DenoisingObjective objective =
                DenoisingObjective.of(NoiseSchedule.linear().withPredictionType(type))
                        .withMinSnr(5);
        long[] timesteps = golden.get("timesteps").toLongVector();
        double[] expected = golden.get("weight_" + type).toDoubleVector();
        for (int i = 0; i < timesteps.length; i++) {
            double weight = objective.weight((int) timesteps[i]);
            assertEquals(expected[i], weight, 1e-4 * expected[i], type + " at " + timesteps[i]);
        }
    }

    /** Its own noise and timesteps, diffusers' formulas. */
    @Test
    void noisySamplesAndTargets() {
        NoiseSchedule schedule = NoiseSchedule.linear();
        INDArray x0 = golden.get("x0");
        INDArray noise = golden.get("noise");
        for (int i = 0; i < x0.size(0); i++) {
            int t = (int) golden.get("timesteps").getLong(i);
            INDArray sample =
                    DenoisingObjective.noisy(schedule.alphaBar(t), x0.slice(i), noise.slice(i));
            INDArray velocity =
                    DenoisingObjective.velocity(schedule.alphaBar(t), x0.slice(i), noise.slice(i));
            assertClose(golden.get("noisy").slice(i), sample, 1e-6);
            assertClose(golden.get("velocity").slice(i), velocity, 1e-6);
        }
    }

    @Test
    void movingAverages() {
        average("ema", EmaDecay.upTo(0.9));
        average("ema_power", EmaDecay.upTo(0.9).withPower(0.75));
    }

    private static void average(String name, EmaDecay decay) {
        INDArray values = golden.get(name + "_values");
        Ema ema = Ema.of(decay, Map.of("w", golden.get("ema_start")));
        for (int update = 1; update <= values.size(0); update++) {
            double expected = golden.get(name + "_decays").getDouble(update - 1);
            assertEquals(expected, decay.at(update), 1e-7, name + " decay " + update);
            ema.update(update, Map.of("w", values.slice(update - 1).dup()));
            assertClose(
                    golden.get(name + "_means").slice(update - 1), ema.weights().get("w"), 1e-6);
        }
    }

    @Test
    void clipping() {
        List<INDArray> gradients = List.of(golden.get("clip_a").dup(), golden.get("clip_b").dup());
        double norm = GradientClipping.clip(gradients, 1.5);
        assertEquals(golden.get("clip_norm").getDouble(0), norm, 1e-5);
        assertClose(golden.get("clipped_a"), gradients.get(0), 1e-6);
        assertClose(golden.get("clipped_b"), gradients.get(1), 1e-6);
        GradientClipping.clip(gradients, 1.6);
        assertClose(golden.get("clipped_b"), gradients.get(1), 1e-6);
    }

    private static void assertClose(INDArray expected, INDArray actual, double tolerance) {
        double error = expected.sub(actual).amaxNumber().doubleValue();
        assertTrue(error <= tolerance, "error " + error);
    }
}
