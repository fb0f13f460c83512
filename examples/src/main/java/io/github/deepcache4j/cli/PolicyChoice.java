// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.calibration.PolicyFile;
import io.github.deepcache4j.calibration.RunFacts;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What {@code --policy} names: a tag, or a file that {@code calibrate} wrote. */
final class PolicyChoice {

    /** They add fresh noise in their steps; DDIM does with eta. */
    private static final Set<SamplerKind> STOCHASTIC =
            Set.of(
                    SamplerKind.DDPM,
                    SamplerKind.EULER_ANCESTRAL,
                    SamplerKind.LCM,
                    SamplerKind.CONSISTENCY);

    private final String text;
    private final Policy policy;
    private final Optional<PolicyFile> file;
    private final boolean stretch;

    private PolicyChoice(String text, Policy policy, Optional<PolicyFile> file, boolean stretch) {
        this.text = text;
        this.policy = policy;
        this.file = file;
        this.stretch = stretch;
    }

    /**
     * Reads the option.
     *
     * @throws UserError if it is neither a file nor a tag that is understood
     */
    static PolicyChoice read(String text, boolean stretch) {
        Path path = Path.of(text);
        try {
            if (Files.isRegularFile(path)) {
                PolicyFile file = PolicyFile.read(path);
                return new PolicyChoice(text, file.fitted().policy(), Optional.of(file), stretch);
            }
            if (text.endsWith(".json")) {
                throw new UserError("--policy " + text + ": there is no such file");
            }
            if (stretch) {
                throw new UserError("--stretch is for a policy file; " + text + " is a tag");
            }
            return new PolicyChoice(text, Policy.parse(text), Optional.empty(), stretch);
        } catch (IOException e) {
            throw new UserError("--policy " + text + " cannot be read: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new UserError("--policy: " + e.getMessage(), e);
        }
    }

    /** As the user wrote it. */
    String text() {
        return text;
    }

    GuidanceRule guidance() {
        return policy.guidance();
    }

    /**
     * The policy for a run.
     *
     * @param notes is told, in one line each, what differs from its calibration
     * @throws UserError if it is not for this model or this run, or must be calibrated first
     */
    FittedPolicy forRun(Pipeline pipeline, Consumer<String> notes) {
        if (file.isPresent()) {
            RunFacts use = facts(pipeline);
            file.get().facts().warnings(use).forEach(line -> notes.accept("note: " + line));
            try {
                return file.get().forRun(use, stretch);
            } catch (IllegalArgumentException e) {
                throw new UserError("--policy " + text + ": " + e.getMessage(), e);
            }
        }
        if (policy.needsCalibration()) {
            throw new UserError(
                    "--policy "
                            + text
                            + " must be fitted to the model first: deepcache calibrate MODEL"
                            + " --policy "
                            + text
                            + " --out policy.json, then --policy policy.json");
        }
        return new FittedPolicy(policy, policy.tag(), Optional.empty(), Double.NaN, Double.NaN);
    }

    /** What a policy is fitted to, in this run. */
    static RunFacts facts(Pipeline pipeline) {
        SamplingSettings settings = pipeline.settings();
        return new RunFacts(
                pipeline.provenance().sha256(),
                settings.sampler().shortName(),
                settings.steps(),
                pipeline.calls(),
                settings.guidance(),
                settings.eta() > 0 || STOCHASTIC.contains(settings.sampler()));
    }
}
