// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

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
}
