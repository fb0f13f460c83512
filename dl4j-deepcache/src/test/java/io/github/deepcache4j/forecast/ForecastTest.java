// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastTest {

    private static double polynomial(double[] coefficients, double x) {
        double value = 0;
        for (int k = coefficients.length - 1; k >= 0; k--) {
            value = value * x + coefficients[k];
        }
        return value;
    }

    /** Newest first, uneven, of the order's number. */
    private static double forecast(Forecast forecast, double[] coefficients, Random random) {
        double[] anchors = new double[forecast.anchors()];
        double x = 20 + random.nextDouble();
        for (int j = 0; j < anchors.length; j++) {
            anchors[j] = x;
            x -= 0.5 + 6 * random.nextDouble();
        }
        double at = anchors[0] + 1 + 5 * random.nextDouble();
        double[] weights = forecast.weights(anchors, at);
        double sum = 0;
        for (int j = 0; j < anchors.length; j++) {
            sum += weights[j] * polynomial(coefficients, anchors[j]);
        }
        return sum - polynomial(coefficients, at);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void newtonReproducesPolynomialsOfItsOrderOverUnevenGaps(int order) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            double[] coefficients = random.doubles(order + 1, -1, 1).toArray();
            for (Abscissa abscissa : Abscissa.values()) {
                double size = Math.abs(polynomial(coefficients, 30)) + 1;
                assertEquals(
                        0,
                        forecast(new Newton(order, abscissa), coefficients, random) / size,
                        1e-9,
                        "seed " + seed);
            }
        }
    }

    @Test
    void newtonOfLowerOrderDoesNotReproduceThem() {
        double error =
                forecast(new Newton(1, Abscissa.STEP), new double[] {0, 0, 1}, new Random(1));
        assertNotEquals(0, error, 0.1);
    }

    @Test
    void taylorIsExactOnLinesAndNotOnParabolasOverUnevenGaps() {
        Random random = new Random(3);
        assertEquals(0, forecast(new Taylor(1), new double[] {2, -1}, random), 1e-9);
        assertNotEquals(0, forecast(new Taylor(2), new double[] {0, 0, 1}, random), 0.1);
    }

    @Test
    void orderZeroIsReuse() {
        double[] reuse = new Reuse().weights(new double[] {7}, 9);
        assertArrayEquals(new double[] {1}, reuse);
        assertArrayEquals(reuse, new Newton(0, Abscissa.STEP).weights(new double[] {7}, 9));
        assertArrayEquals(reuse, new Taylor(0).weights(new double[] {7}, 9));
    }

    @Test
    void oneAnchorIsReuseWhateverTheOrder() {
        for (Forecast forecast :
                List.of(new Newton(3, Abscissa.STEP), new Taylor(3), Fitted.to(3))) {
            assertArrayEquals(new double[] {1}, forecast.weights(new double[] {4}, 6));
        }
    }

    @Test
    void fewerAnchorsGiveALowerOrder() {
        double[] anchors = {10, 5};
        assertArrayEquals(
                new Newton(1, Abscissa.STEP).weights(anchors, 12),
                new Newton(3, Abscissa.STEP).weights(anchors, 12));
        assertArrayEquals(new double[] {1.4, -0.4}, new Taylor(3).weights(anchors, 12), 1e-12);
    }

    @Test
    void fittedWeightsAreThoseOfTheStep() {
        Fitted fitted = new Fitted(2, Map.of(3, List.of(1.5, -0.5)));
        assertArrayEquals(new double[] {1.5, -0.5}, fitted.weights(new double[] {2, 0}, 3));
        assertArrayEquals(new double[] {1, 0}, fitted.weights(new double[] {2, 0}, 4));
        assertTrue(fitted.isFitted());
    }

    @Test
    void ordersOutOfRangeAreRefused() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new Newton(4, Abscissa.STEP))
                        .getMessage();
        assertEquals("a Newton forecast of order 4; the orders are 0 to 3", message);
        assertThrows(IllegalArgumentException.class, () -> new Taylor(-1));
        assertThrows(IllegalArgumentException.class, () -> Fitted.to(7));
    }
}
