// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.Calibrator;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Calibrates the policies that need it, on images that are not among those compared. */
final class PolicyFitting {

    private PolicyFitting() {}

    /**
     * The contenders, all of them ready to run.
     *
     * @param calibration samples the calibration images in one batch, by the sampler of the runs
     * @param folder takes the files of the policies that were calibrated, for {@code --policy}
     * @param notes is told, in one line each, what calibration made of a policy
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
        List<Integer> branches =
                contenders.stream()
                        .filter(contender -> contender.policy().needsCalibration())
                        .flatMap(contender -> contender.branch().stream().boxed())
                        .distinct()
                        .toList();
        List<Contender> ready = new ArrayList<>();
        try (Calibrator calibrator =
                Calibrator.open(
                        calibration.unet(),
                        calibration.anatomy(),
                        branches,
                        engine,
                        precision,
                        network ->
                                calibration.sampleGroup(0, network, call -> {}, StepListener.NONE),
                        calibration.calls(),
                        calibration.logSnr().orElse(PolicyFitting::noLogSnr),
                        effort,
                        line -> {})) {
            for (Contender contender : contenders) {
                if (!contender.policy().needsCalibration()) {
                    ready.add(contender);
                    continue;
                }
                FittedPolicy fitted = calibrator.fit(contender.policy());
                Path file = folder.resolve(name(calibration, fitted));
                OutputFile.writeText(file, CalibratedFile.of(fitted, calibration, engine).text());
                notes.accept(
                        "calibrated "
                                + contender.name()
                                + ": "
                                + fitted.policy().tag()
                                + ", in "
                                + file);
                ready.add(contender.calibrated(fitted));
            }
        }
        return ready;
    }

    /** Such as {@code ddim-50-N5b2.newton2.budget.json}. */
    private static String name(Pipeline pipeline, FittedPolicy fitted) {
        SamplingSettings settings = pipeline.settings();
        return settings.sampler().shortName()
                + "-"
                + settings.steps()
                + "-"
                + fitted.asked()
                + ".json";
    }

    /** Only forecasts over the log-SNR ask. */
    private static double noLogSnr(double timestep) {
        throw new UserError(
                "this model's timesteps are noise levels, which have no log-SNR; leave out the part"
                        + " snr of the policy");
    }
}
