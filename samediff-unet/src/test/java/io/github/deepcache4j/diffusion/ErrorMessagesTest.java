// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.PredictionType;
import io.github.deepcache4j.unet.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ErrorMessagesTest {

    @TempDir Path folder;

    private String refusal(String json) throws IOException {
        Path file = folder.resolve("scheduler_config.json");
        Files.writeString(file, json);
        IOException error = assertThrows(IOException.class, () -> NoiseSchedule.read(file));
        assertTrue(error.getMessage().startsWith(file + ": "), error.getMessage());
        return error.getMessage().substring((file + ": ").length());
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void everythingThatIsNotSupportedIsNamedWithItsValue() throws IOException {
        assertEquals(
                "beta_schedule \"laplace\" is not supported (linear, scaled_linear, squaredcos_cap_v2);"
                        + " prediction_type \"flow_prediction\" is not supported (epsilon, v_prediction, sample);"
                        + " variance_type \"learned\" is not supported (fixed_small, fixed_large, learned_range);"
                        + " trained_betas has 2 values, but num_train_timesteps is 1000;"
                        + " my_key 3 is not understood;"
                        + " use_flow_sigmas true is not supported (only false)",
                refusal(
                        """
                        {"_class_name": "DDPMScheduler", "my_key": 3, "use_flow_sigmas": true,
                         "trained_betas": [0.1, 0.2],
                         "beta_schedule": "laplace", "prediction_type": "flow_prediction",
                         "variance_type": "learned", "_harmless": 1, "sample_max_value": 1.0}
                        """));
        assertEquals(
                "only one of use_beta_sigmas, use_exponential_sigmas, use_karras_sigmas can be true;"
                        + " algorithm_type \"dpmsolver\" is not supported (dpmsolver++, sde-dpmsolver++);"
                        + " use_lu_lambdas true is not supported (only false)",
                refusal(
                        """
                        {"_class_name": "DPMSolverMultistepScheduler", "use_lu_lambdas": true,
                         "algorithm_type": "dpmsolver", "use_karras_sigmas": true,
                         "use_beta_sigmas": true}
                        """));
        assertEquals(
                "disable_corrector [0,\"all\"] is not supported (a list of whole numbers);"
                        + " solver_p \"ddim\" is not supported (only null)",
                refusal(
                        """
                        {"_class_name": "UniPCMultistepScheduler", "disable_corrector": [0, "all"],
                         "solver_p": "ddim"}
                        """));
    }

    @Test
    void wrongTypesAndValues() throws IOException {
        assertEquals(
                "num_train_timesteps \"many\" is not supported (a whole number);"
                        + " beta_end \"0.02\" is not supported (a number);"
                        + " clip_sample 1 is not supported (true or false)",
                refusal(
                        "{\"num_train_timesteps\": \"many\", \"clip_sample\": 1, \"beta_end\": \"0.02\"}"));
        assertEquals(
                "noise schedule with num_train_timesteps 0, beta_start 1.0E-4, beta_end 0.02: at least one timestep and betas between 0 and 1 are needed",
                refusal("{\"num_train_timesteps\": 0}"));
        assertEquals("steps_offset -1 is negative", refusal("{\"steps_offset\": -1}"));
        assertEquals(
                "clip_sample_range 0.0 is not positive", refusal("{\"clip_sample_range\": 0}"));
    }

    @Test
    void aSchedulerOfAnotherKind() throws IOException {
        String message = refusal("{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}");
        assertTrue(
                message.startsWith(
                        "_class_name \"FlowMatchEulerDiscreteScheduler\" is not supported (ddpm (DDPMScheduler), ddim (DDIMScheduler), "),
                message);
    }

    @Test
    void filesThatAreNoConfiguration() throws IOException {
        assertTrue(refusal("{\"beta_end\": ").startsWith("not JSON: "));
        assertEquals("not a JSON object, as scheduler_config.json is", refusal("[1]"));
        Path missing = folder.resolve("none.json");
        assertEquals(
                missing + ": no such file",
                assertThrows(IOException.class, () -> NoiseSchedule.read(missing)).getMessage());
    }

    @Test
    void tooManySteps() {
        refused(
                "1001 steps: the model was trained with 1000 timesteps; choose between 1 and 1000",
                () -> NoiseSchedule.linear().timesteps(1001));
        refused(
                "1000 steps with steps_offset 1 begin at timestep 1000, but the last one trained is 999; take fewer steps or a smaller offset",
                () ->
                        NoiseSchedule.linear()
                                .withSpacing(TimestepSpacing.LEADING, 1)
                                .timesteps(1000));
    }

    @Test
    void aNetworkThatAnswersInAnotherShape() {
        Sampler sampler = DdimSampler.of(NoiseSchedule.linear(), 2);
        SamplerState state = sampler.start(Nd4j.ones(1, 3, 8, 8));
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                sampler.next(
                                        state,
                                        (x, step) -> Nd4j.ones(1, 6, 8, 8),
                                        Map.of(),
                                        NoiseSource.seeded(0)));
        assertEquals(
                "the network answered 1x6x8x8 to a sample of 1x3x8x8; a prediction has the sample's"
                        + " shape (variance_type learned_range is for networks that predict a"
                        + " variance too)",
                error.getMessage());
        Sampler learned =
                DdimSampler.of(
                        NoiseSchedule.linear().withVarianceType(VarianceType.LEARNED_RANGE), 2);
        assertEquals(
                "the network answered 1x3x8x8 to a sample of 1x3x8x8; a prediction has twice the"
                        + " channels where variance_type says that the variance is learned too",
                assertThrows(
                                IllegalStateException.class,
                                () ->
                                        learned.next(
                                                state,
                                                new FakeNetwork(),
                                                Map.of(),
                                                NoiseSource.seeded(0)))
                        .getMessage());
    }

    @Test
    void samplersByName() {
        refused(
                "there is no sampler dpm2m; there are " + SamplerKind.list(),
                () -> SamplerKind.parse("dpm2m"));
        assertTrue(SamplerKind.list().startsWith("ddpm (DDPMScheduler), ddim (DDIMScheduler), "));
    }

    @Test
    void samplersThatDoNotGoWithASchedule() {
        NoiseSchedule samples =
                NoiseSchedule.scaledLinear().withPredictionType(PredictionType.SAMPLE);
        refused(
                "PNDMScheduler is not defined for prediction_type sample; take another sampler",
                () -> PndmSampler.of(samples, 10, false));
        refused(
                "KDPM2DiscreteScheduler is not defined for prediction_type sample; take another sampler",
                () -> Kdpm2Sampler.of(samples, 10, SigmaSpacing.KARRAS));
        refused(
                "3 steps are too few for PNDM with Runge-Kutta steps; take at least 4, or"
                        + " skip_prk_steps true",
                () -> PndmSampler.of(NoiseSchedule.linear(), 3, true));
        refused(
                "UniPC to sigma 0 needs solver_type bh2, predict_x0 and lower_order_final; with"
                        + " others its last step is not finite: take final_sigmas_type sigma_min",
                () ->
                        UniPcSampler.of(
                                NoiseSchedule.linear(),
                                10,
                                new UniPcOptions(2, true, true, true, Set.of()),
                                SigmaOptions.defaults()));
        refused(
                "timestep 999 has no signal (rescale_betas_zero_snr), so x0 does not follow from"
                        + " epsilon; the model needs prediction_type v_prediction or sample, or"
                        + " timestep_spacing leading",
                () ->
                        DdimSampler.of(
                                NoiseSchedule.linear()
                                        .withZeroTerminalSnr()
                                        .withSpacing(TimestepSpacing.TRAILING, 0),
                                10));
        refused(
                "60 steps of 50 original ones (original_inference_steps) of 1000 timesteps: each"
                        + " number must fit into the next one",
                () -> LcmSampler.of(NoiseSchedule.linear(), 60, LcmOptions.defaults()));
        refused(
                "41 steps: the model was trained with 40 levels; choose between 1 and 40",
                () -> ConsistencySampler.of(41, ConsistencyOptions.defaults()));
        refused("solver_order 4 is not 1, 2 or 3", () -> DpmSolverOptions.ofOrder(4));
    }

    @Test
    void imagesAndMasks() {
        Sampler sampler = DdimSampler.of(NoiseSchedule.linear(), 4);
        INDArray image = Nd4j.zeros(1, 3, 8, 8);
        NoiseSource noise = NoiseSource.seeded(0);
        refused(
                "strength 1.5 is not between 0 and 1",
                () -> ImageToImage.start(sampler, image, noise, 1.5));
        refused(
                "the first step 5 is not between 0 and 4",
                () -> ImageToImage.startAt(sampler, image, noise, 5));
        refused(
                "a mask of 1x1x8x4 does not fit an image of 1x3x8x8",
                () -> LatentMask.of(Nd4j.ones(1, 1, 8, 4), image, noise));
    }

    @Test
    void moreStepsThanThereAre() {
        Sampler sampler = DdpmSampler.of(NoiseSchedule.linear(), 1);
        NoiseSource noise = NoiseSource.seeded(0);
        SamplerState end =
                sampler.next(sampler.start(Nd4j.ones(1, 2)), new FakeNetwork(), Map.of(), noise);
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () -> sampler.next(end, new FakeNetwork(), Map.of(), noise));
        assertEquals("the sampler has 1 steps, and all are taken", error.getMessage());
    }

    @Test
    void eta() {
        DdimSampler sampler = DdimSampler.of(NoiseSchedule.linear(), 2);
        refused("eta 1.5 is not between 0 and 1", () -> sampler.withEta(1.5));
        refused("eta NaN is not between 0 and 1", () -> sampler.withEta(Double.NaN));
    }

    @Test
    void recordedNoise() {
        NoiseSource noise = NoiseSource.recorded(Nd4j.ones(1, 2), List.of(Nd4j.ones(1, 2)));
        refused(
                "recorded noise of step 1 is missing: 1 steps were recorded",
                () -> noise.step(1, 1, 2));
        refused(
                "recorded initial noise has shape 1x2, the run needs 2x2",
                () -> noise.initial(2, 2));
    }

    @Test
    void guidance() {
        refused(
                "guidance scale 2.0 with rescale 1.5: the scale is finite, the rescale between 0 and 1",
                () -> GuidanceScale.of(2).withRescale(1.5));
        refused(
                "guidance from timestep 5.0 to 4.0 is never",
                () -> GuidanceScale.of(2).withInterval(5, 4));
        Map<String, INDArray> one = Map.of("label", Nd4j.scalar(1f));
        Map<String, INDArray> two = Map.of("label", Nd4j.scalar(1f), "text", Nd4j.ones(1, 2));
        refused(
                "guidance needs the same conditions for both halves: without condition [label],"
                        + " with condition [label, text]",
                () -> Guidance.separate(new FakeNetwork(), 2, one, two));
        refused(
                "condition label is a scalar; batched guidance needs [batch, ...]",
                () -> Guidance.batched(new FakeNetwork(), 2, one, one));
        IllegalStateException error =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                Guidance.batched(
                                                (x, step) -> Nd4j.ones(1, 2), 2, Map.of(), Map.of())
                                        .predict(Nd4j.ones(1, 2), Step.of(0, 0)));
        assertEquals("batched guidance asked for 2 predictions and got 1", error.getMessage());
    }
}
