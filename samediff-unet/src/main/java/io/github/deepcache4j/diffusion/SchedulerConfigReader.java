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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads diffusers' {@code scheduler_config.json} for one sampler, its own or another one as
 * diffusers' {@code from_config} does: keys that this sampler has are understood or refused, known
 * keys of other samplers are ignored with a note if they are switched on, all others are refused.
 */
final class SchedulerConfigReader {

    /** Keys that change the noise, with the value that switches them off. */
    private static final Map<String, String> OFF =
            Map.ofEntries(
                    Map.entry("thresholding", "false"),
                    Map.entry("clip_sample", "false"),
                    Map.entry("rescale_betas_zero_snr", "false"),
                    Map.entry("trained_betas", "null"),
                    Map.entry("use_karras_sigmas", "false"),
                    Map.entry("use_exponential_sigmas", "false"),
                    Map.entry("use_beta_sigmas", "false"),
                    Map.entry("sigma_min", "null"),
                    Map.entry("sigma_max", "null"),
                    Map.entry("timestep_type", "\"discrete\""),
                    Map.entry("interpolation_type", "\"linear\""),
                    Map.entry("final_sigmas_type", "\"zero\""));

    /** The same of keys that no sampler here can do. */
    private static final Map<String, String> UNSUPPORTED =
            Map.of(
                    "use_lu_lambdas", "false",
                    "use_flow_sigmas", "false",
                    "use_dynamic_shifting", "false",
                    "shift_terminal", "null",
                    "solver_p", "null");

    /** Tune a sampler, or matter only with another switch: nothing is lost without them. */
    private static final Set<String> SETTINGS =
            Set.of(
                    "num_train_timesteps",
                    "beta_start",
                    "beta_end",
                    "beta_schedule",
                    "prediction_type",
                    "timestep_spacing",
                    "steps_offset",
                    "variance_type",
                    "set_alpha_to_one",
                    "clip_sample_range",
                    "skip_prk_steps",
                    "dynamic_thresholding_ratio",
                    "sample_max_value",
                    "solver_order",
                    "algorithm_type",
                    "solver_type",
                    "predict_x0",
                    "disable_corrector",
                    "lower_order_final",
                    "euler_at_final",
                    "lambda_min_clipped",
                    "flow_shift",
                    "time_shift_type",
                    "original_inference_steps",
                    "timestep_scaling",
                    "sigma_data",
                    "sigma_schedule",
                    "rho",
                    "s_noise",
                    "clip_denoised");

    private static final Set<SamplerKind> CLIPS =
            Set.of(SamplerKind.DDPM, SamplerKind.DDIM, SamplerKind.HEUN, SamplerKind.LCM);
    private static final Set<SamplerKind> WITHOUT_THRESHOLD =
            Set.of(
                    SamplerKind.PNDM,
                    SamplerKind.EULER,
                    SamplerKind.EULER_ANCESTRAL,
                    SamplerKind.HEUN,
                    SamplerKind.KDPM2);
    private static final Set<SamplerKind> WITHOUT_ZERO_SNR =
            Set.of(SamplerKind.PNDM, SamplerKind.HEUN, SamplerKind.KDPM2);

    /** Classes without a sampler here, whose files describe the same noise to other samplers. */
    private static final Set<String> RELATIVES =
            Set.of(
                    "LMSDiscreteScheduler",
                    "DPMSolverSinglestepScheduler",
                    "DEISMultistepScheduler",
                    "KDPM2AncestralDiscreteScheduler");

    /** diffusers writes {@code -Infinity}, which is not JSON. */
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private SchedulerConfigReader() {}

    /**
     * Reads a file.
     *
     * @param wanted the sampler, or null for the file's own
     */
    static SamplerFactory read(Path file, @Nullable SamplerKind wanted) throws IOException {
        JsonNode root = json(file);
        ConfigKeys keys = new ConfigKeys(root);
        SamplerKind own = own(keys, wanted);
        SamplerKind kind = wanted == null ? own : wanted;
        if (kind.hasSchedule() != own.hasSchedule()) {
            keys.fault(
                    kind.className()
                            + " is for other networks than "
                            + own.className()
                            + ": they are told the noise in another way");
        }
        Optional<SamplerFactory> factory = Optional.empty();
        try {
            factory =
                    Optional.of(
                            kind.hasSchedule()
                                    ? SamplerFactory.scheduled(kind, keys, schedule(keys, kind))
                                    : SamplerFactory.unscheduled(kind, keys));
        } catch (IllegalArgumentException e) {
            keys.fault(String.valueOf(e.getMessage()));
        }
        List<String> notes = judgeTheRest(keys, kind);
        if (factory.isEmpty() || !keys.faults().isEmpty()) {
            throw new IOException(file + ": " + String.join("; ", keys.faults()));
        }
        return factory.get().withNotes(notes);
    }

    private static JsonNode json(Path file) throws IOException {
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
        return root;
    }

    private static SamplerKind own(ConfigKeys keys, @Nullable SamplerKind wanted) {
        JsonNode name = keys.take("_class_name");
        if (name == null) {
            return SamplerKind.DDIM;
        }
        Optional<SamplerKind> kind = SamplerKind.find(name.asText());
        if (kind.isEmpty() && (wanted == null || !RELATIVES.contains(name.asText()))) {
            keys.unsupported("_class_name", name, SamplerKind.list());
        }
        return kind.orElse(SamplerKind.DDIM);
    }

    private static NoiseSchedule schedule(ConfigKeys keys, SamplerKind kind) {
        SamplerKind.Defaults defaults = kind.defaults();
        BetaSchedule betas = keys.oneOf("beta_schedule", defaults.betas());
        PredictionType prediction = keys.oneOf("prediction_type", PredictionType.EPSILON);
        TimestepSpacing spacing = keys.oneOf("timestep_spacing", defaults.spacing());
        VarianceType variance = keys.oneOf("variance_type", VarianceType.FIXED_SMALL);
        int trained = keys.whole("num_train_timesteps", 1000);
        int offset = keys.whole("steps_offset", 0);
        double start = keys.number("beta_start", defaults.stableBetas() ? 0.00085 : 1e-4);
        double end = keys.number("beta_end", defaults.stableBetas() ? 0.012 : 0.02);
        float[] given = keys.floats("trained_betas");
        boolean clip = CLIPS.contains(kind) && keys.flag("clip_sample", defaults.clip());
        double range = keys.number("clip_sample_range", 1);
        boolean threshold = !WITHOUT_THRESHOLD.contains(kind) && keys.flag("thresholding", false);
        double ratio = keys.number("dynamic_thresholding_ratio", 0.995);
        double maximum = keys.number("sample_max_value", 1);
        boolean zeroSnr =
                !WITHOUT_ZERO_SNR.contains(kind) && keys.flag("rescale_betas_zero_snr", false);
        boolean alphaToOne = keys.flag("set_alpha_to_one", defaults.alphaToOne());
        if (given != null && given.length != trained) {
            keys.fault(
                    "trained_betas has "
                            + given.length
                            + " values, but num_train_timesteps is "
                            + trained);
        }
        NoiseSchedule schedule =
                (given != null
                                ? NoiseSchedule.ofBetas(given)
                                : NoiseSchedule.of(betas, trained, start, end))
                        .withPredictionType(prediction)
                        .withSpacing(spacing, offset)
                        .withVarianceType(variance)
                        .withFinalAlphaOne(alphaToOne);
        schedule = clip ? schedule.withClipping(range) : schedule.withoutClipping();
        schedule =
                threshold ? schedule.withThreshold(new DynamicThreshold(ratio, maximum)) : schedule;
        return zeroSnr ? schedule.withZeroTerminalSnr() : schedule;
    }

    /** Refuses what is not understood, and tells what this sampler has no use for. */
    private static List<String> judgeTheRest(ConfigKeys keys, SamplerKind kind) {
        List<String> notes = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : keys.left().entrySet()) {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            if (key.startsWith("_") || SETTINGS.contains(key)) {
                continue;
            }
            String neutral = OFF.getOrDefault(key, UNSUPPORTED.get(key));
            boolean off = value.isNull() || value.toString().equals(neutral);
            if (neutral == null) {
                keys.fault(key + " " + value + " is not understood");
            } else if (!off && UNSUPPORTED.containsKey(key)) {
                keys.unsupported(key, value, "only " + neutral);
            } else if (!off) {
                notes.add(
                        key
                                + " "
                                + value
                                + " is ignored: "
                                + kind.className()
                                + " has no such option");
            }
        }
        return notes;
    }
}
