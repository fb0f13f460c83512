// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.StepListener;
import java.io.PrintWriter;
import java.io.Writer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Tells how far a run is: a bar on a terminal, else one line for every 10 %. */
final class StepProgress implements StepListener, AutoCloseable {

    /** Set by the launcher, which can tell. */
    private static final boolean TERMINAL = Boolean.getBoolean("deepcache.terminal");

    private static final int BAR_WIDTH = 80;

    private final String task;
    private final int total;
    private final PrintWriter lines;
    private final @Nullable ProgressBar bar;
    private int done;

    private StepProgress(String task, int total, PrintWriter lines, @Nullable ProgressBar bar) {
        this.task = task;
        this.total = total;
        this.lines = lines;
        this.bar = bar;
    }

    static StepProgress of(String task, int total, PrintWriter lines) {
        ProgressBar bar =
                TERMINAL
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(total)
                                .setStyle(ProgressBarStyle.ASCII)
                                .setConsumer(new ConsoleProgressBarConsumer(System.err, BAR_WIDTH))
                                .build()
                        : null;
        return new StepProgress(task, total, lines, bar);
    }

    /** Says nothing. */
    static StepProgress silent() {
        return new StepProgress("", 1, new PrintWriter(Writer.nullWriter()), null);
    }

    /** Counts steps that an earlier process took. */
    void startAt(long steps) {
        done = Math.toIntExact(steps);
    }

    @Override
    public void stepTaken(int step, int steps, double timestep, double seconds) {
        int before = (int) (10L * done / total);
        done++;
        if (bar != null) {
            bar.stepTo(done);
        } else if (10L * done / total > before) {
            lines.println(
                    task
                            + ": "
                            + 10 * (10L * done / total)
                            + " % (step "
                            + done
                            + " of "
                            + total
                            + ")");
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
