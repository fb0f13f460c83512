// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Full steps close together around a centre step and sparse away from it: the non-uniform "1:N"
 * inference of Ma et al. 2024 (sec. 3.3), exactly as {@code sample_from_quad_center} of their
 * released code computes it.
 *
 * <p>The paper spaces points evenly between {@code (-c)^(1/p)} and {@code (T-c)^(1/p)} and raises
 * them to the power p. For c &gt; 0 the first is complex (Python takes the principal value), so the
 * line runs through the complex plane, and the code keeps the truncated real part of the power:
 *
 * <pre>
 * z0 = c^(1/p) (cos(pi/p) + i sin(pi/p))      z1 = (T-c)^(1/p)      z_j = z0 + (z1 - z0) j/n
 * v_j = trunc(|z_j|^p cos(p arg z_j)),  j = 0..n,  n = ceil(T/N)
 * </pre>
 *
 * A signed real power instead gives other lists. Full steps are 0 and the v_j + c without the
 * smallest and the largest. Where rounding makes two of them equal, p is lowered by 0.02 until
 * there are n.
 *
 * @param totalSteps T, the number of steps of the run
 * @param interval N, at least 1: n = ceil(T/N) steps are full; 1 makes every step full
 * @param center c, 0 to T-1
 * @param power p, above 1; the larger, the denser around the centre
 */
public record QuadCenterSchedule(int totalSteps, int interval, int center, double power)
        implements CacheSchedule {

    private static final double POWER_STEP = 0.02;

    /**
     * @throws IllegalArgumentException if a parameter is outside its range, or no power between 1
     *     and {@code power} gives ceil(T/N) different steps
     */
    public QuadCenterSchedule {
        String parameters =
                "T=" + totalSteps + ", N=" + interval + ", c=" + center + ", p=" + power;
        if (totalSteps < 1 || interval < 1 || center < 0 || center >= totalSteps || !(power > 1)) {
            throw new IllegalArgumentException(
                    "no schedule for "
                            + parameters
                            + ": T and N must be 1 or more, c from 0 to T-1, p above 1");
        }
        if (steps(totalSteps, interval, center, power).isEmpty()) {
            throw new IllegalArgumentException(
                    "no power from "
                            + power
                            + " down to 1 gives ceil(T/N) different full steps for "
                            + parameters
                            + "; choose another centre or power");
        }
    }

    @Override
    public boolean full(int step) {
        return steps().contains(Steps.checked(step));
    }

    /** The full steps, ascending from 0. O(T/N) for each power tried. */
    public List<Integer> steps() {
        return steps(totalSteps, interval, center, power);
    }

    /** Empty if no power fits. */
    private static List<Integer> steps(int totalSteps, int interval, int center, double power) {
        if (interval == 1) {
            return IntStream.range(0, totalSteps).boxed().toList();
        }
        int count = (totalSteps + interval - 1) / interval;
        for (double p = power; p > 1; p -= POWER_STEP) {
            List<Integer> steps = tried(totalSteps, count, center, p);
            if (steps.size() == count) {
                return steps;
            }
        }
        return List.of();
    }

    private static List<Integer> tried(int totalSteps, int count, int center, double p) {
        double radius = Math.pow(center, 1 / p);
        double startReal = radius * Math.cos(Math.PI / p);
        double startImaginary = radius * Math.sin(Math.PI / p);
        double end = Math.pow(totalSteps - center, 1 / p);
        TreeSet<Integer> offsets = new TreeSet<>();
        for (int j = 0; j <= count; j++) {
            double along = (double) j / count;
            double real = startReal + (end - startReal) * along;
            double imaginary = startImaginary - startImaginary * along;
            double modulus = Math.pow(Math.hypot(real, imaginary), p);
            // the cast truncates towards zero, as NumPy's astype(int32) does
            offsets.add((int) (modulus * Math.cos(p * Math.atan2(imaginary, real))));
        }
        offsets.pollFirst();
        offsets.pollLast();
        List<Integer> steps = new ArrayList<>(List.of(0));
        offsets.forEach(offset -> steps.add(offset + center));
        return steps;
    }
}
