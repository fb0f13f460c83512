// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.unet.NoisePredictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Whole runs against diffusers 0.37.0, with its own noise; method name = file name. */
class SamplerGoldenTest {

    /** Of the largest magnitude; 9e-7 was measured, which is float32 rounding. */
    private static final double TOLERANCE = 1e-5;

    @TempDir Path folder;

    @TestFactory
    List<DynamicTest> trajectories() throws IOException {
        Map<String, INDArray> arrays = Golden.arrays("trajectories");
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode run : Golden.json("trajectories")) {
            String name = run.get("name").asText();
            tests.add(DynamicTest.dynamicTest(name, () -> check(run, name, arrays)));
        }
        assertTrue(tests.size() > 50, tests.size() + " runs");
        return tests;
    }

    private void check(JsonNode run, String name, Map<String, INDArray> arrays) throws IOException {
        Path config = folder.resolve("scheduler_config.json");
        Files.writeString(config, run.get("config").toString());
        NoiseSchedule schedule = NoiseSchedule.read(config);
        int steps = run.get("steps").asInt();
        Sampler sampler =
                name.startsWith("ddpm")
                        ? DdpmSampler.of(schedule, steps)
                        : DdimSampler.of(schedule, steps)
                                .withEta(run.path("eta").asDouble())
                                .withClippedModelOutput(
                                        run.path("use_clipped_model_output").asBoolean());
        INDArray initial = arrays.get("noise");
        NoiseSource noise = NoiseSource.recorded(initial, slices(arrays.get("step_noise")));
        FakeNetwork fake = new FakeNetwork();
        NoisePredictor network = fake;
        boolean guided = !run.get("guidance").isNull();
        if (guided) {
            network =
                    Guidance.separate(
                            fake,
                            run.get("guidance").asDouble(),
                            Map.of("label", Nd4j.createFromArray(0f, 0f)),
                            Map.of("label", Nd4j.createFromArray(1f, 2f)));
        }
        INDArray sample =
                SamplingLoop.of(sampler, network)
                        .run(noise, Map.of(), StepListener.NONE, initial.shape());

        double error = Golden.error(arrays.get(name), sample);
        assertTrue(error <= TOLERANCE, () -> name + ": relative error " + error);
        assertEquals(guided ? 2 * steps : steps, fake.steps.size());
        for (int call = 0; call < fake.steps.size(); call++) {
            assertEquals(guided ? call / 2 : call, fake.steps.get(call).index());
        }
    }

    private static List<INDArray> slices(INDArray array) {
        List<INDArray> slices = new ArrayList<>();
        for (int i = 0; i < array.size(0); i++) {
            slices.add(array.slice(i));
        }
        return slices;
    }
}
