// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.training.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Looks at a run between its steps: shows how far it is, saves it now and then, ends it in time.
 */
final class TrainingWatch implements BooleanSupplier {

    private static final double SECONDS_BETWEEN_CHECKPOINTS = 60;

    private final Trainer trainer;
    private final Path checkpoint;
    private final StepProgress progress;
    private final double minutes;
    private final long start = System.nanoTime();
    private final long first;
    private long shown;
    private long saved = start;

    /**
     * @param minutes after which the run ends; it takes one step at least
     */
    TrainingWatch(Trainer trainer, Path checkpoint, StepProgress progress, double minutes) {
        this.trainer = trainer;
        this.checkpoint = checkpoint;
        this.progress = progress;
        this.minutes = minutes;
        this.first = trainer.steps();
        this.shown = first;
        progress.startAt(first);
    }

    /** Whether the time is over. */
    @Override
    public boolean getAsBoolean() {
        for (; shown < trainer.steps(); shown++) {
            progress.stepTaken((int) shown, 0, 0, 0);
        }
        if (seconds(saved) > SECONDS_BETWEEN_CHECKPOINTS) {
            try {
                trainer.save(checkpoint);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            saved = System.nanoTime();
        }
        return trainer.steps() > first && seconds(start) >= 60 * minutes;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
