// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.unet.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
                        + " variance_type \"learned_range\" is not supported (fixed_small, fixed_large);"
                        + " my_key 3 is not understood;"
                        + " rescale_betas_zero_snr true is not supported (only false);"
                        + " thresholding true is not supported (only false);"
                        + " trained_betas [0.1,0.2] is not supported (only null)",
                refusal(
                        """
                        {"_class_name": "DDPMScheduler", "thresholding": true, "my_key": 3,
                         "rescale_betas_zero_snr": true, "trained_betas": [0.1, 0.2],
                         "beta_schedule": "laplace", "prediction_type": "flow_prediction",
                         "variance_type": "learned_range", "_harmless": 1, "sample_max_value": 1.0}
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
                        "_class_name \"FlowMatchEulerDiscreteScheduler\" is not supported (DDIMScheduler, DDPMScheduler, "),
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
                        + " shape (networks that also predict a variance are not supported)",
                error.getMessage());
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
