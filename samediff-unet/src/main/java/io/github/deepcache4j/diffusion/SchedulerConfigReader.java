// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.deepcache4j.unet.PredictionType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads diffusers' {@code scheduler_config.json}: the keys that describe the noise are understood,
 * those that tune one sampler are left to that sampler, and all others must have the value that
 * switches them off. What remains is refused.
 */
final class SchedulerConfigReader {

    /** What diffusers 0.37 takes for absent keys; classes without the key do not clip. */
    private record Defaults(
            TimestepSpacing spacing, boolean clip, boolean alphaToOne, double start, double end) {}

    private static final Defaults EULER =
            new Defaults(TimestepSpacing.LINSPACE, false, true, 1e-4, 0.02);
    private static final Defaults HEUN =
            new Defaults(TimestepSpacing.LINSPACE, false, true, 0.00085, 0.012);
    private static final Defaults DDIM =
            new Defaults(TimestepSpacing.LEADING, true, true, 1e-4, 0.02);
    private static final Map<String, Defaults> CLASSES =
            Map.of(
                    "DDPMScheduler", DDIM,
                    "DDIMScheduler", DDIM,
                    "PNDMScheduler",
                            new Defaults(TimestepSpacing.LEADING, false, false, 1e-4, 0.02),
                    "EulerDiscreteScheduler", EULER,
                    "EulerAncestralDiscreteScheduler", EULER,
                    "LMSDiscreteScheduler", EULER,
                    "DPMSolverMultistepScheduler", EULER,
                    "DPMSolverSinglestepScheduler", EULER,
                    "UniPCMultistepScheduler", EULER,
                    "HeunDiscreteScheduler", HEUN);

    /** Tune a sampler, or matter only with a switch of {@link #OFF}: any value is fine here. */
    private static final Set<String> SAMPLER_SETTINGS =
            Set.of(
                    "skip_prk_steps",
                    "dynamic_thresholding_ratio",
                    "sample_max_value",
                    "interpolation_type",
                    "solver_order",
                    "algorithm_type",
                    "solver_type",
                    "solver_p",
                    "predict_x0",
                    "disable_corrector",
                    "lower_order_final",
                    "euler_at_final",
                    "lambda_min_clipped",
                    "flow_shift",
                    "time_shift_type");

    /** Change the schedule in ways that are not supported, unless they have this value. */
    private static final Map<String, String> OFF =
            Map.ofEntries(
                    Map.entry("thresholding", "false"),
                    Map.entry("rescale_betas_zero_snr", "false"),
                    Map.entry("trained_betas", "null"),
                    Map.entry("use_karras_sigmas", "false"),
                    Map.entry("use_exponential_sigmas", "false"),
                    Map.entry("use_beta_sigmas", "false"),
                    Map.entry("use_lu_lambdas", "false"),
                    Map.entry("use_flow_sigmas", "false"),
                    Map.entry("use_dynamic_shifting", "false"),
                    Map.entry("shift_terminal", "null"),
                    Map.entry("sigma_min", "null"),
                    Map.entry("sigma_max", "null"),
                    Map.entry("timestep_type", "\"discrete\""),
                    Map.entry("final_sigmas_type", "\"zero\""));

    /** diffusers writes {@code -Infinity}, which is not JSON. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    /** Keys not looked at yet. */
    private final Map<String, JsonNode> keys = new HashMap<>();

    private final List<String> faults = new ArrayList<>();

    private SchedulerConfigReader(JsonNode root) {
        root.fields().forEachRemaining(field -> keys.put(field.getKey(), field.getValue()));
    }

    static NoiseSchedule read(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (!root.isObject()) {
            throw new IOException(file + ": not a JSON object, as scheduler_config.json is");
        }
        SchedulerConfigReader reader = new SchedulerConfigReader(root);
        NoiseSchedule schedule = null;
        try {
            schedule = reader.schedule();
        } catch (IllegalArgumentException e) {
            reader.faults.add(String.valueOf(e.getMessage()));
        }
        if (schedule == null || !reader.faults.isEmpty()) {
            throw new IOException(file + ": " + String.join("; ", reader.faults));
        }
        return schedule;
    }

    private NoiseSchedule schedule() {
        Defaults defaults = defaults();
        BetaSchedule betas = oneOf("beta_schedule", BetaSchedule.LINEAR);
        PredictionType prediction = oneOf("prediction_type", PredictionType.EPSILON);
        TimestepSpacing spacing = oneOf("timestep_spacing", defaults.spacing);
        VarianceType variance = oneOf("variance_type", VarianceType.FIXED_SMALL);
        int trained = whole("num_train_timesteps", 1000);
        int offset = whole("steps_offset", 0);
        double start = number("beta_start", defaults.start);
        double end = number("beta_end", defaults.end);
        boolean clip = flag("clip_sample", defaults.clip);
        double range = number("clip_sample_range", 1);
        boolean alphaToOne = flag("set_alpha_to_one", defaults.alphaToOne);
        refuseTheRest();
        NoiseSchedule schedule =
                NoiseSchedule.of(betas, trained, start, end)
                        .withPredictionType(prediction)
                        .withSpacing(spacing, offset)
                        .withVarianceType(variance)
                        .withFinalAlphaOne(alphaToOne);
        return clip ? schedule.withClipping(range) : schedule.withoutClipping();
    }

    private Defaults defaults() {
        JsonNode name = take("_class_name");
        Defaults defaults = name == null ? DDIM : CLASSES.get(name.asText());
        if (defaults == null) {
            unsupported("_class_name", name, String.join(", ", new TreeSet<>(CLASSES.keySet())));
            return DDIM;
        }
        return defaults;
    }

    private void refuseTheRest() {
        keys.keySet().removeIf(key -> key.startsWith("_") || SAMPLER_SETTINGS.contains(key));
        for (String key : new TreeSet<>(keys.keySet())) {
            JsonNode value = keys.get(key);
            String off = OFF.get(key);
            if (off == null) {
                faults.add(key + " " + value + " is not understood");
            } else if (value != null && !value.isNull() && !value.toString().equals(off)) {
                unsupported(key, value, "only " + off);
            }
        }
    }

    /** The value of a key that is present and not null. */
    private @Nullable JsonNode take(String key) {
        JsonNode value = keys.remove(key);
        return value == null || value.isNull() ? null : value;
    }

    private <E extends Enum<E>> E oneOf(String key, E otherwise) {
        JsonNode value = take(key);
        if (value == null) {
            return otherwise;
        }
        List<String> names = new ArrayList<>();
        for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
            String name = constant.name().toLowerCase(Locale.ROOT);
            if (name.equals(value.textValue())) {
                return constant;
            }
            names.add(name);
        }
        unsupported(key, value, String.join(", ", names));
        return otherwise;
    }

    private int whole(String key, int otherwise) {
        JsonNode value = take(key);
        if (value == null || (value.canConvertToInt() && value.canConvertToExactIntegral())) {
            return value == null ? otherwise : value.intValue();
        }
        unsupported(key, value, "a whole number");
        return otherwise;
    }

    private double number(String key, double otherwise) {
        JsonNode value = take(key);
        if (value == null || value.isNumber()) {
            return value == null ? otherwise : value.doubleValue();
        }
        unsupported(key, value, "a number");
        return otherwise;
    }

    private boolean flag(String key, boolean otherwise) {
        JsonNode value = take(key);
        if (value == null || value.isBoolean()) {
            return value == null ? otherwise : value.booleanValue();
        }
        unsupported(key, value, "true or false");
        return otherwise;
    }

    private void unsupported(String key, @Nullable JsonNode value, String supported) {
        faults.add(key + " " + value + " is not supported (" + supported + ")");
    }
}
