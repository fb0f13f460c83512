// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.testing.PolicyGolden;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forecasts against TaylorSeer's own state machine and numpy's polynomials, make_policies.py. */
class ForecastGoldenTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void taylor(int order) throws IOException {
        check("taylor", order, new Taylor(order));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void newton(int order) throws IOException {
        check("newton", order, new Newton(order, Abscissa.STEP));
    }

    private static void check(String name, int order, Forecast forecast) throws IOException {
        JsonNode golden = PolicyGolden.read();
        List<Integer> full = PolicyGolden.integers(golden.get("full"));
        JsonNode rows = golden.get(name).get("" + order);
        assertEquals(14, rows.size());
        for (JsonNode row : rows) {
            int step = row.get("step").asInt();
            double[] anchors =
                    full.stream()
                            .filter(s -> s < step)
                            .sorted((a, b) -> b - a)
                            .limit(forecast.anchors())
                            .mapToDouble(Integer::doubleValue)
                            .toArray();
            double[] weights = forecast.weights(anchors, step);
            double[] expected = PolicyGolden.doubles(row.get("value"));
            for (int k = 0; k < expected.length; k++) {
                double sum = 0;
                for (int j = 0; j < anchors.length; j++) {
                    sum +=
                            weights[j]
                                    * golden.get("features")
                                            .get((int) anchors[j])
                                            .get(k)
                                            .asDouble();
                }
                assertEquals(expected[k], sum, 1e-9, name + order + " at step " + step);
            }
        }
    }
}
