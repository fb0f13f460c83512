// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.report.RunReport;
import io.github.deepcache4j.session.StepEvent;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A run whose batches were timed one by one, after calls that do not count. */
final class MeasuredRun {

    private final INDArray samples;
    private final List<INDArray> trajectory;
    private final List<StepEvent> events;
    private final double seconds;
    private final double millisPerImage;

    private MeasuredRun(
            INDArray samples,
            List<INDArray> trajectory,
            List<StepEvent> events,
            double seconds,
            double millisPerImage) {
        this.samples = samples;
        this.trajectory = trajectory;
        this.events = events;
        this.seconds = seconds;
        this.millisPerImage = millisPerImage;
    }

    /**
     * Samples all images of a pipeline.
     *
     * @param leftOut is told of calls that guidance leaves out
     * @param events where the network's listener puts the events of its calls
     */
    static MeasuredRun of(
            Pipeline pipeline,
            NoisePredictor network,
            Consumer<Step> leftOut,
            List<StepEvent> events,
            StepListener progress) {
        pipeline.warmUp(network);
        events.clear();
        INDArray[] groups = new INDArray[pipeline.groups()];
        double[] seconds = new double[groups.length];
        Trajectory first = new Trajectory(network, pipeline.imagesPerGroup());
        for (int group = 0; group < groups.length; group++) {
            long start = System.nanoTime();
            groups[group] =
                    pipeline.sampleGroup(group, group == 0 ? first : network, leftOut, progress);
            seconds[group] = (System.nanoTime() - start) / 1e9;
        }
        List<INDArray> trajectory = new ArrayList<>(first.samples());
        trajectory.add(groups[0].dup('c'));
        return new MeasuredRun(
                pipeline.joined(groups),
                trajectory,
                List.copyOf(events),
                Arrays.stream(seconds).sum(),
                1000 * median(seconds) / pipeline.imagesPerGroup());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** {@code [count, channels, height, width]}. */
    INDArray samples() {
        return samples;
    }

    /** The first batch as each call got it and, last, as it ended. */
    List<INDArray> trajectory() {
        return trajectory;
    }

    /** Multiply-accumulates of the whole run. */
    long macs() {
        return events.stream().mapToLong(StepEvent::macs).sum();
    }

    /** The record of its steps. */
    RunReport report(double predictedSpeedup, Map<String, Object> provenance) {
        return RunReport.of(events, seconds, predictedSpeedup, provenance);
    }

    /** Median over the batches. */
    double millisPerImage() {
        return millisPerImage;
    }
}
