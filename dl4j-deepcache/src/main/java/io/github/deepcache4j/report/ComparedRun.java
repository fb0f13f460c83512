// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A run that was compared with the uncached run of the same seeds.
 *
 * @param sampler with its steps, such as {@code ddim 50}
 * @param policy {@code uncached}; {@code plain} for reuse on uniform steps; or a policy's name
 * @param branch where it was cut; empty for the uncached run
 * @param interval of plain runs
 * @param run its steps
 * @param millisPerImage wall-clock time of an image: median over the batches
 * @param speedup the same of the uncached run divided by this one's
 * @param difference from the uncached images
 * @param steps difference of the images on the way, as each step got them and, last, as they ended
 * @param frechet squared Fréchet distance to the reference images, if there is a classifier
 * @param accuracy share of images that the classifier takes for their class, 0 to 1
 */
public record ComparedRun(
        String sampler,
        String policy,
        OptionalInt branch,
        OptionalInt interval,
        RunReport run,
        double millisPerImage,
        double speedup,
        Difference difference,
        List<StepDifference> steps,
        OptionalDouble frechet,
        OptionalDouble accuracy) {

    /** Name of the run that the others are compared with. */
    public static final String UNCACHED = "uncached";

    /** Name of reuse on uniform steps. */
    public static final String PLAIN = "plain";

    public ComparedRun {
        steps = List.copyOf(steps);
    }

    /**
     * How far the results are from the uncached ones.
     *
     * @param psnr decibels, of images in [-1, 1]; infinite for equal ones
     * @param ssim 1 for equal images; empty if they are too small for it
     * @param rms root of the mean squared difference, nothing clipped
     * @param relativeL1 see {@link io.github.deepcache4j.metrics.RelativeError}
     * @param relativeL2 the same in the L2 norm
     */
    public record Difference(
            OptionalDouble psnr,
            OptionalDouble ssim,
            double rms,
            double relativeL1,
            double relativeL2) {}

    /**
     * The relative error of the images when a step began.
     *
     * @param step index; the number of calls for the images at the end
     */
    public record StepDifference(int step, double relativeL1, double relativeL2) {}

    public boolean isUncached() {
        return policy.equals(UNCACHED);
    }

    /** Such as {@code plain N = 5, branch 2}. */
    public String name() {
        StringBuilder name = new StringBuilder(policy);
        interval.ifPresent(n -> name.append(" N = ").append(n));
        branch.ifPresent(b -> name.append(", branch ").append(b));
        return name.toString();
    }

    /** Multiply-accumulates as a share of those of the uncached run. */
    public double costShare() {
        return 1 / run.predictedSpeedup();
    }

    /** The kind of every step, such as {@code full} and {@code cached@2}. */
    public List<String> kinds() {
        return run.steps().stream().map(RunReport.StepRow::label).toList();
    }

    static String number(OptionalDouble value, int decimals) {
        if (value.isEmpty()) {
            return "–";
        }
        double number = value.getAsDouble();
        return Double.isInfinite(number)
                ? "equal"
                : String.format(Locale.ROOT, "%." + decimals + "f", number);
    }
}
