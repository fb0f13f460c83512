// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every sampler and option against diffusers' own schedulers: what the network is told in each
 * call, the noise levels, and the final sample; method name = file name. The worst errors are left
 * in {@code target/sampler-errors.txt}.
 */
class SamplersGoldenTest {

    /** Of the largest magnitude. */
    private static final double TOLERANCE = 1e-4;

    /** Of the value, where it is not whole; 1e-4 is float32 rounding of log sigma. */
    private static final double TIMESTEP_TOLERANCE = 2e-4;

    private static final double SIGMA_TOLERANCE = 1e-6;

    private static final Map<String, Worst> WORST = new TreeMap<>();

    @TempDir Path folder;

    private record Worst(int runs, double sample, double sigma, String run) {

        Worst and(double otherSample, double otherSigma, String otherRun) {
            return new Worst(
                    runs + 1,
                    Math.max(sample, otherSample),
                    Math.max(sigma, otherSigma),
                    otherSample > sample ? otherRun : run);
        }
    }

    @TestFactory
    List<DynamicTest> samplers() throws IOException {
        Map<String, INDArray> arrays = Golden.arrays("samplers");
        List<DynamicTest> tests = new ArrayList<>();
        int call = 0;
        int level = 0;
        for (JsonNode run : Golden.json("samplers")) {
            int number = tests.size();
            int firstCall = call;
            int firstLevel = level;
            tests.add(
                    DynamicTest.dynamicTest(
                            number + " " + run.get("config").get("_class_name").asText(),
                            () -> check(run, number, firstCall, firstLevel, arrays)));
            call += run.get("calls").asInt();
            level += run.get("sigmas").asInt();
        }
        assertTrue(tests.size() > 350, tests.size() + " runs");
        return tests;
    }

    private void check(
            JsonNode run, int number, int firstCall, int firstLevel, Map<String, INDArray> arrays)
            throws IOException {
        Path config = folder.resolve("scheduler_config.json");
        Files.writeString(config, run.get("config").toString());
        SamplerFactory factory = SamplerFactory.read(config);
        assertEquals(List.of(), factory.notes());
        Sampler sampler = factory.sampler(run.get("steps").asInt());
        if (sampler instanceof DdimSampler ddim) {
            sampler = ddim.withEta(run.get("eta").asDouble());
        }
        double sigmaError = sigmaError(sampler, run, firstLevel, arrays.get("sigmas"));

        NoiseSource noise =
                NoiseSource.recorded(arrays.get("noise"), slices(arrays.get("step_noise")));
        FakeNetwork network = new FakeNetwork();
        network.learnsVariance =
                run.get("config").path("variance_type").asText().equals("learned_range");
        INDArray sample = sample(run, sampler, network, noise, arrays);

        double error = Golden.error(arrays.get("finals").slice(number), sample);
        String text = number + " " + run;
        WORST.merge(
                factory.kind().className(),
                new Worst(1, error, sigmaError, text),
                (all, one) -> all.and(one.sample, one.sigma, one.run));
        checkCalls(network.steps, sampler, run, firstCall, arrays.get("timesteps"), text);
        assertTrue(sigmaError <= SIGMA_TOLERANCE, () -> text + ": sigma error " + sigmaError);
        assertTrue(error <= TOLERANCE, () -> text + ": relative error " + error);
    }

    private static INDArray sample(
            JsonNode run,
            Sampler sampler,
            NoisePredictor network,
            NoiseSource noise,
            Map<String, INDArray> arrays) {
        INDArray clean = arrays.get("clean");
        SamplerState start =
                run.get("strength").isNull()
                        ? sampler.start(noise.initial(clean.shape()))
                        : ImageToImage.start(sampler, clean, noise, run.get("strength").asDouble());
        SamplingLoop loop = SamplingLoop.of(sampler, network);
        if (run.get("masked").asBoolean()) {
            loop = loop.withMask(LatentMask.of(arrays.get("mask"), clean, noise));
        }
        return loop.run(start, Map.of(), noise, StepListener.NONE);
    }

    private static void checkCalls(
            List<Step> calls,
            Sampler sampler,
            JsonNode run,
            int first,
            INDArray timesteps,
            String text) {
        assertEquals(run.get("calls").asInt(), calls.size(), text);
        if (run.get("strength").isNull()) {
            assertEquals(calls.size(), sampler.stepOfCall().size(), text);
        }
        for (int call = 0; call < calls.size(); call++) {
            assertEquals(call, calls.get(call).index());
            double expected = timesteps.getDouble(first + call);
            double tolerance =
                    expected == Math.rint(expected)
                            ? 0
                            : TIMESTEP_TOLERANCE * Math.max(1, Math.abs(expected) / 1000);
            assertEquals(expected, calls.get(call).timestep(), tolerance, text + " call " + call);
        }
    }

    /** Relative to the level, or to 1 where that is less. */
    private static double sigmaError(Sampler sampler, JsonNode run, int first, INDArray sigmas) {
        double error = 0;
        for (int i = 0; i < run.get("sigmas").asInt(); i++) {
            NoiseLevel level = ((GridSampler) sampler).level(i);
            if (sampler instanceof DiscreteSampler) {
                continue;
            }
            double expected = sigmas.getDouble(first + i);
            double difference = Math.abs(level.noise() / level.signal() - expected);
            error = Math.max(error, difference / Math.max(1, expected));
        }
        return error;
    }

    @AfterAll
    static void report() throws IOException {
        List<String> lines = new ArrayList<>();
        WORST.forEach(
                (name, worst) ->
                        lines.add(
                                String.format(
                                        "%-32s %3d runs  sample %.1e  sigma %.1e  worst: %s",
                                        name, worst.runs, worst.sample, worst.sigma, worst.run)));
        Files.write(Path.of("target/sampler-errors.txt"), lines);
    }

    private static List<INDArray> slices(INDArray array) {
        List<INDArray> slices = new ArrayList<>();
        for (int i = 0; i < array.size(0); i++) {
            slices.add(array.slice(i));
        }
        return slices;
    }
}
