// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.Calibrator;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.calibration.PolicyFile;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Calibrates the policies that need it, on images that are not among those compared. */
final class PolicyFitting {

    private PolicyFitting() {}

    /**
     * The contenders, all of them ready to run.
     *
     * @param calibration samples the calibration images, by the sampler of the runs
     * @param folder takes the files of the policies that were calibrated, for {@code --policy}, and
     *     is looked into for those of an earlier comparison
     * @param notes is told, in one line each, what is calibrated and what came of it
     */
    static List<Contender> fitted(
            List<Contender> contenders,
            Pipeline calibration,
            Engine engine,
            Precision precision,
            Calibrator.Effort effort,
            Path folder,
            Consumer<String> notes)
            throws IOException {
        Map<Contender, FittedPolicy> fitted = new LinkedHashMap<>();
        Map<Contender, Path> open = new LinkedHashMap<>();
        for (Contender contender : contenders) {
            if (contender.policy().needsCalibration()) {
                Path file = file(folder, calibration, contender);
                Optional<FittedPolicy> kept = kept(file, calibration);
                kept.ifPresentOrElse(
                        policy -> {
                            fitted.put(contender, policy);
                            notes.accept(note(contender, policy, file, "taken from"));
                        },
                        () -> open.put(contender, file));
            }
        }
        if (!open.isEmpty()) {
            try (Calibrator calibrator =
                    Calibrator.open(
                            calibration.unet(),
                            calibration.anatomy(),
                            branches(open.keySet()),
                            engine,
                            precision,
                            calibration.runs(),
                            calibration.calls(),
                            calibration.logSnr().orElse(PolicyFitting::noLogSnr),
                            effort,
                            line -> {})) {
                for (Map.Entry<Contender, Path> entry : open.entrySet()) {
                    Contender contender = entry.getKey();
                    Path file = entry.getValue();
                    notes.accept("calibrating " + contender.name());
                    FittedPolicy policy = calibrator.fit(contender.policy());
                    OutputFile.writeText(
                            file, CalibratedFile.of(policy, calibration, engine).text());
                    fitted.put(contender, policy);
                    notes.accept(note(contender, policy, file, "now in"));
                }
            }
        }
        return contenders.stream()
                .map(
                        contender ->
                                fitted.containsKey(contender)
                                        ? contender.calibrated(fitted.get(contender))
                                        : contender)
                .toList();
    }

    /** Those named, and all further out, which a budget may be spent at too. */
    private static List<Integer> branches(Set<Contender> contenders) {
        int deepest =
                contenders.stream()
                        .flatMapToInt(contender -> contender.branch().stream())
                        .max()
                        .orElse(0);
        return IntStream.rangeClosed(0, deepest).boxed().toList();
    }

    /** What an earlier comparison calibrated on the same images, for the same run. */
    private static Optional<FittedPolicy> kept(Path file, Pipeline calibration) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        PolicyFile kept = PolicyFile.read(file);
        boolean same =
                CalibratedFile.images(calibration.settings()).entrySet().stream()
                        .allMatch(
                                entry ->
                                        entry.getValue()
                                                .toString()
                                                .equals("" + kept.images().get(entry.getKey())));
        return same && kept.facts().equals(PolicyChoice.facts(calibration))
                ? Optional.of(kept.fitted())
                : Optional.empty();
    }

    private static String note(Contender contender, FittedPolicy fitted, Path file, String where) {
        return contender.name() + " is " + fitted.policy().tag() + ", " + where + " " + file;
    }

    /** Such as {@code ddim-50-N5b2.newton2.budget.json} in the folder. */
    private static Path file(Path folder, Pipeline pipeline, Contender contender) {
        SamplingSettings settings = pipeline.settings();
        return folder.resolve(
                String.join(
                        "-",
                        settings.sampler().shortName(),
                        Integer.toString(settings.steps()),
                        contender.policy().tag() + ".json"));
    }

    /** Only forecasts over the log-SNR ask. */
    private static double noLogSnr(double timestep) {
        throw new UserError(
                "this model's timesteps are noise levels, which have no log-SNR; leave out the part"
                        + " snr of the policy");
    }
}
