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

    /** Three batches: one to search on, two more to judge what was found. */
    static final int IMAGES = 3 * NetworkBatch.MOST_IMAGES;

    @Option(
            names = "--calibration-class",
            paramLabel = "K",
            split = ",",
            description = "Classes of the images to calibrate on; default: those compared.")
    private @Nullable List<Integer> classes;

    @Option(
            names = "--calibration-count",
            paramLabel = "N",
            description = {
                "Number of images to calibrate on; default 48: the first 16 are searched on, all",
                "judge what was found."
            })
    private int count = IMAGES;

    @Option(
            names = "--calibration-trials",
            paramLabel = "N",
            description = "Most runs of a search for positions (part search); default 40.")
    private int trials = Calibrator.Effort.DEFAULT.trials();

    /** The calibration images for a run: never those of the run itself. */
    SamplingSettings settings(SamplingSettings run) {
        SamplingSettings.positive("--calibration-count", count);
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
