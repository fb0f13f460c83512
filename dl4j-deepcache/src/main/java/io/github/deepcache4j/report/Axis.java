// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A numeric axis: where values lie along it, and round numbers to write beside it.
 *
 * @param low value at its start
 * @param high value at its end, above {@code low}
 * @param logarithmic whether equal factors are equally long; both ends are then positive
 */
record Axis(double low, double high, boolean logarithmic) {

    private static final int MOST_TICKS = 6;

    /** A linear axis that holds all values, with ends at round numbers. */
    static Axis linear(double[] values) {
        double[] range = range(values, false);
        double step = step(range[1] - range[0]);
        return new Axis(
                Math.floor(range[0] / step) * step, Math.ceil(range[1] / step) * step, false);
    }

    /** A logarithmic axis that holds all positive values, from one power of ten to another. */
    static Axis logarithmic(double[] values) {
        double[] range = range(values, true);
        double low = Math.pow(10, Math.floor(Math.log10(range[0]) + 1e-9));
        double high = Math.pow(10, Math.ceil(Math.log10(range[1]) - 1e-9));
        return new Axis(low, high > low ? high : 10 * low, true);
    }

    /** Least and greatest finite value; something around them if there are not two. */
    private static double[] range(double[] values, boolean positive) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value) && (!positive || value > 0)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }
        if (low > high) {
            return new double[] {0.1, 1};
        }
        return low == high && !positive
                ? new double[] {low - 0.5, high + 0.5}
                : new double[] {low, high};
    }

    /** Whether a value can be drawn at all. */
    boolean holds(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    /** 0 at the start of the axis, 1 at its end. */
    double along(double value) {
        return logarithmic
                ? Math.log(value / low) / Math.log(high / low)
                : (value - low) / (high - low);
    }

    /** Ascending. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            int decades = (int) Math.round(Math.log10(high / low));
            int every = (decades + MOST_TICKS - 1) / MOST_TICKS;
            for (int decade = 0; decade <= decades; decade += every) {
                ticks.add(low * Math.pow(10, decade));
            }
        } else {
            double step = step(high - low);
            for (int i = 0; low + i * step <= high + step / 2; i++) {
                ticks.add(low + i * step);
            }
        }
        return ticks;
    }

    String label(double tick) {
        if (logarithmic) {
            return tick >= 0.01 && tick < 1000
                    ? plain(tick)
                    : String.format(Locale.ROOT, "%.0e", tick);
        }
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step(high - low)) + 1e-9));
        // no minus before a zero
        return Amount.fixed(tick, decimals).replaceFirst("^-(0(\\.0*)?)$", "$1");
    }

    private static String plain(double number) {
        return number >= 1 ? Amount.fixed(number, 0) : String.valueOf((float) number);
    }

    /** 1, 2 or 5 times a power of ten, so that few ticks fit. */
    private static double step(double length) {
        double power = Math.pow(10, Math.floor(Math.log10(length / MOST_TICKS)));
        for (double factor : new double[] {1, 2, 5, 10}) {
            if (length / (factor * power) <= MOST_TICKS + 1e-9) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
