// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is trained, and how; a run that goes on keeps what it was started with. */
final class TrainingChoices {

    private static final double DEFAULT_MINUTES = 20;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "The network: mnist-small (default), or another preset of the builder.")
    private @Nullable String preset;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description = {
                "How long to train; default 20. A few steps are timed first, and as many planned",
                "as fit; training ends then in any case, and --resume goes on."
            })
    private @Nullable Double minutes;

    @Option(
            names = "--steps",
            paramLabel = "K",
            description =
                    "Steps to train in all, instead of --minutes: the same numbers each time.")
    private @Nullable Long steps;

    @Option(names = "--batch", paramLabel = "B", description = "Images in a step; default 16.")
    private @Nullable Integer batch;

    @Option(
            names = "--seed",
            paramLabel = "K",
            description = "Of weights, order, noise and timesteps; default 0.")
    private @Nullable Long seed;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            description = "At the end of the warm-up; default 0.002.")
    private @Nullable Double learningRate;

    @Option(
            names = "--ema",
            paramLabel = "D",
            description = "Highest decay of the weights' moving average; default 0.995.")
    private @Nullable Double emaDecay;

    @Option(
            names = "--prediction",
            paramLabel = "P",
            description = "What the network tells: epsilon (default), v_prediction or sample.")
    private @Nullable String prediction;

    @Option(
            names = "--min-snr",
            paramLabel = "G",
            description = "Gamma of the min-SNR weighting, such as 5; default: equal weights.")
    private @Nullable Double minSnr;

    @Option(
            names = "--label-dropout",
            paramLabel = "S",
            description = "Share of images shown without their class, for guidance; default 0.1.")
    private @Nullable Double labelDropout;

    /** The plan of a new run; 0 steps if they follow from {@link #minutes}. */
    TrainingPlan plan(String dataSha256) {
        TrainingPlan plan =
                new TrainingPlan(
                        Objects.requireNonNullElse(preset, "mnist-small"),
                        steps == null ? 0 : steps,
                        Objects.requireNonNullElse(batch, 16),
                        Objects.requireNonNullElse(seed, 0L),
                        Objects.requireNonNullElse(learningRate, 2e-3),
                        1e-4,
                        1,
                        Objects.requireNonNullElse(emaDecay, 0.995),
                        Objects.requireNonNullElse(prediction, "epsilon"),
                        Objects.requireNonNullElse(minSnr, 0.0),
                        Objects.requireNonNullElse(labelDropout, 0.1),
                        dataSha256);
        SamplingSettings.positive("--batch", plan.batch());
        if (steps != null && steps < 1) {
            throw new UserError("--steps " + steps + " is not a positive number");
        }
        if (!(minutes() > 0)) {
            throw new UserError("--minutes " + minutes + " is not a positive number");
        }
        return plan;
    }

    /** Options that a run that goes on must not be given. */
    void refuseForResume() {
        List<String> given = new ArrayList<>();
        note(given, "--preset", preset);
        note(given, "--steps", steps);
        note(given, "--batch", batch);
        note(given, "--seed", seed);
        note(given, "--learning-rate", learningRate);
        note(given, "--ema", emaDecay);
        note(given, "--prediction", prediction);
        note(given, "--min-snr", minSnr);
        note(given, "--label-dropout", labelDropout);
        if (!given.isEmpty()) {
            throw new UserError(
                    "--resume goes on with what the run was started with; leave out "
                            + String.join(", ", given));
        }
    }

    private static void note(List<String> given, String option, @Nullable Object value) {
        if (value != null) {
            given.add(option);
        }
    }

    /** The time limit; none if steps were given. */
    double minutes() {
        if (minutes != null) {
            return minutes;
        }
        return steps != null ? Double.POSITIVE_INFINITY : DEFAULT_MINUTES;
    }
}
