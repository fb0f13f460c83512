// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against diffusers 0.37.0; method name = file name. */
class NoiseScheduleGoldenTest {

    @TempDir Path folder;

    @Test
    void timesteps() throws IOException {
        int rows = 0;
        for (JsonNode row : Golden.json("timesteps")) {
            int trained = row.get("train").asInt();
            int steps = row.get("steps").asInt();
            NoiseSchedule schedule =
                    NoiseSchedule.of(BetaSchedule.LINEAR, trained, 1e-4, 0.02)
                            .withSpacing(
                                    TimestepSpacing.valueOf(
                                            row.get("spacing").asText().toUpperCase(Locale.ROOT)),
                                    row.get("offset").asInt());
            int[] expected =
                    StreamSupport.stream(row.get("timesteps").spliterator(), false)
                            .mapToInt(JsonNode::asInt)
                            // diffusers' superfluous last one: TimestepSpacing.TRAILING
                            .filter(timestep -> timestep >= 0)
                            .toArray();
            if (expected[0] >= trained) {
                // diffusers finds out when it looks up alphas_cumprod
                assertThrows(IllegalArgumentException.class, () -> schedule.timesteps(steps));
            } else {
                assertArrayEquals(expected, schedule.timesteps(steps), row::toString);
            }
            rows++;
        }
        assertTrue(rows > 150, rows + " rows");
    }

    @Test
    void alphas_cumprod() throws IOException {
        Map<String, INDArray> expected = Golden.arrays("alphas_cumprod");
        check(expected.get("linear"), NoiseSchedule.linear());
        check(expected.get("scaled_linear"), NoiseSchedule.scaledLinear());
        check(expected.get("squaredcos_cap_v2"), NoiseSchedule.cosine());
        check(expected.get("linear_7"), NoiseSchedule.of(BetaSchedule.LINEAR, 7, 0.01, 0.3));
    }

    private static void check(INDArray expected, NoiseSchedule schedule) {
        assertEquals(expected.length(), schedule.trainTimesteps());
        for (int t = 0; t < schedule.trainTimesteps(); t++) {
            float alphaBar = expected.getFloat(t);
            assertEquals(alphaBar, schedule.alphaBar(t), 1e-6 * alphaBar + 1e-12, "timestep " + t);
        }
    }

    /** A file with nothing but the class name gets that class's defaults ... */
    @Test
    void defaults() throws IOException {
        JsonNode classes = Golden.json("defaults");
        for (String name : (Iterable<String>) classes::fieldNames) {
            Path file = folder.resolve(name + ".json");
            Files.writeString(file, "{\"_class_name\": \"" + name + "\"}");
            checkDefaults(name, classes.get(name), NoiseSchedule.read(file));
        }
    }

    /** ... and so does the file that diffusers saves, with every key that the class has. */
    @Test
    void saved() throws IOException {
        JsonNode classes = Golden.json("defaults");
        for (String name : (Iterable<String>) classes::fieldNames) {
            checkDefaults(
                    name,
                    classes.get(name),
                    NoiseSchedule.read(Golden.file("saved/" + name + ".json")));
        }
    }

    private static void checkDefaults(String name, JsonNode config, NoiseSchedule schedule) {
        assertEquals(config.get("num_train_timesteps").asInt(), schedule.trainTimesteps(), name);
        assertEquals(1 - config.get("beta_start").asDouble(), schedule.alphaBar(0), 1e-7, name);
        NoiseSchedule same =
                NoiseSchedule.of(
                        BetaSchedule.LINEAR,
                        1000,
                        config.get("beta_start").asDouble(),
                        config.get("beta_end").asDouble());
        assertEquals(same.alphaBar(999), schedule.alphaBar(999), name);
        assertEquals(PredictionType.EPSILON, schedule.predictionType(), name);
        assertEquals(
                config.path("clip_sample").asBoolean(false),
                schedule.clipRange().isPresent(),
                name);
        assertEquals(
                config.path("set_alpha_to_one").asBoolean(true),
                schedule.finalAlphaBar() == 1,
                name);
        boolean leading = config.get("timestep_spacing").asText().equals("leading");
        assertEquals(leading ? 500 : 999, schedule.timesteps(2)[0], name);
    }
}
