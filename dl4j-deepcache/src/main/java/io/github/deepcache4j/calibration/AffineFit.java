// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.CorrectionTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Channel-affine corrections by least squares: for each cached step and channel c, a = cov(x, y) /
 * var(x) and b = mean y - a mean x over the calibration images and pixels, x the forecast and y the
 * boundary itself (CacheQuant's DEC, Liu and Gu 2025; they divide a population covariance by an
 * unbiased variance, here both are of the population).
 */
final class AffineFit {

    private AffineFit() {}

    /** The corrections of all cached steps. */
    static CorrectionTable fit(BoundaryTrace trace, ForecastErrors forecasts, List<Integer> full) {
        Map<Integer, CorrectionTable.Line> lines = new TreeMap<>();
        for (int step = 0; step < trace.steps(); step++) {
            if (!full.contains(step)) {
                int[] anchors = FullSteps.before(full, step, forecasts.anchors());
                lines.put(step, line(trace, anchors, forecasts.weights(anchors, step), step));
            }
        }
        return new CorrectionTable(trace.channelAxis(), lines);
    }

    private static CorrectionTable.Line line(
            BoundaryTrace trace, int[] anchors, double[] weights, int step) {
        float[] scale = new float[trace.channels()];
        float[] shift = new float[trace.channels()];
        for (int c = 0; c < scale.length; c++) {
            float[] actual = trace.channel(step, c);
            double[] forecast = new double[actual.length];
            for (int j = 0; j < anchors.length; j++) {
                float[] anchor = trace.channel(anchors[j], c);
                for (int k = 0; k < forecast.length; k++) {
                    forecast[k] += weights[j] * anchor[k];
                }
            }
            double[] fit = regression(forecast, actual);
            scale[c] = (float) fit[0];
            shift[c] = (float) fit[1];
        }
        return new CorrectionTable.Line(scale, shift);
    }

    /** Slope and intercept of y over x; slope 1 if x does not vary. */
    static double[] regression(double[] x, float[] y) {
        double meanX = 0;
        double meanY = 0;
        for (int k = 0; k < x.length; k++) {
            meanX += x[k] / x.length;
            meanY += y[k] / (double) x.length;
        }
        double covariance = 0;
        double variance = 0;
        for (int k = 0; k < x.length; k++) {
            covariance += (x[k] - meanX) * (y[k] - meanY);
            variance += (x[k] - meanX) * (x[k] - meanX);
        }
        double slope = variance == 0 ? 1 : covariance / variance;
        return new double[] {slope, meanY - slope * meanX};
    }
}
