// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

/** The last full step's boundary as it is: DeepCache (Ma et al. 2024). */
public record Reuse() implements Forecast {

    @Override
    public int anchors() {
        return 1;
    }

    @Override
    public Abscissa abscissa() {
        return Abscissa.STEP;
    }

    @Override
    public String tag() {
        return "reuse";
    }

    @Override
    public void weigh(double[] anchors, int count, double at, double[] weights) {
        weights[0] = 1;
    }
}
