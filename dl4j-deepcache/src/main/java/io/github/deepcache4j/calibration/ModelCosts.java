// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Forecast;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/** What forecasts are expected to cost on one model; measured once for each branch. */
final class ModelCosts {

    private final Recording recording;
    private final Trial trial;
    private final double[] timesteps;
    private final DoubleUnaryOperator logSnr;
    private final int gainNodes;
    private final Consumer<String> progress;
    private final Map<Integer, double[][]> grams = new HashMap<>();
    private final Map<Integer, double[]> gains = new HashMap<>();

    /**
     * @param timesteps of all calls
     * @param gainNodes steps at which gains are measured
     */
    ModelCosts(
            Recording recording,
            Trial trial,
            double[] timesteps,
            DoubleUnaryOperator logSnr,
            int gainNodes,
            Consumer<String> progress) {
        this.recording = recording;
        this.trial = trial;
        this.timesteps = timesteps;
        this.logSnr = logSnr;
        this.gainNodes = gainNodes;
        this.progress = progress;
    }

    /** Expected errors of the final samples. */
    StepCosts costs(int branch, Forecast forecast) {
        return new StepCosts(errors(branch, forecast), gains(branch));
    }

    /** Errors of the boundary. */
    ForecastErrors errors(int branch, Forecast forecast) {
        double[] abscissae = new double[timesteps.length];
        for (int step = 0; step < abscissae.length; step++) {
            abscissae[step] =
                    forecast.abscissa() == Abscissa.STEP
                            ? step
                            : logSnr.applyAsDouble(timesteps[step]);
        }
        return new ForecastErrors(gram(branch), abscissae, forecast);
    }

    private double[][] gram(int branch) {
        return grams.computeIfAbsent(branch, b -> recording.trace(b).gram());
    }

    private double[] gains(int branch) {
        return gains.computeIfAbsent(
                branch,
                b -> {
                    progress.accept("measuring gains of branch " + b);
                    return Gains.measure(trial, gram(b), b, gainNodes);
                });
    }
}
