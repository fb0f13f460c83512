// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.calibration.Calibrator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what images policies are calibrated before they are compared, and how long. */
final class CalibrationOptions {

    /** Seeds of the calibration images are this far from those compared. */
    private static final long OTHER_SEEDS = 1_000_003;

    @Option(
            names = "--calibration-class",
            paramLabel = "K",
            split = ",",
            description = "Classes of the images to calibrate on; default: those compared.")
    private @Nullable List<Integer> classes;

    @Option(
            names = "--calibration-count",
            paramLabel = "N",
            description = "Number of images to calibrate on, 1 to 16; default 8.")
    private int count = 8;

    @Option(
            names = "--calibration-trials",
            paramLabel = "N",
            description = "Runs that a search for full steps may take; default 40.")
    private int trials = Calibrator.Effort.DEFAULT.trials();

    /** The calibration images for a run: never those of the run itself. */
    SamplingSettings settings(SamplingSettings run) {
        if (count < 1 || count > NetworkBatch.MOST_IMAGES) {
            throw new UserError(
                    "--calibration-count "
                            + count
                            + " is not from 1 to "
                            + NetworkBatch.MOST_IMAGES);
        }
        return new SamplingSettings(
                run.sampler(),
                run.steps(),
                run.eta(),
                run.clippedModelOutput(),
                run.seed() + OTHER_SEEDS,
                count,
                classes == null ? run.classes() : classes,
                run.guidance());
    }

    Calibrator.Effort effort() {
        SamplingSettings.positive("--calibration-trials", trials);
        return new Calibrator.Effort(Calibrator.Effort.DEFAULT.gainNodes(), trials);
    }
}
