// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.deepcache4j.testing.PolicyGolden;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** Placements by threshold and the affine fit against numpy, make_policies.py. */
class ThresholdScanGoldenTest {

    @Test
    void smooth() throws IOException {
        JsonNode golden = PolicyGolden.read();
        List<double[]> errors = new ArrayList<>();
        golden.get("lagErrors").forEach(row -> errors.add(PolicyGolden.doubles(row)));
        for (Iterator<Map.Entry<String, JsonNode>> rows = golden.get("smooth").fields();
                rows.hasNext(); ) {
            Map.Entry<String, JsonNode> row = rows.next();
            assertEquals(
                    PolicyGolden.integers(row.getValue()),
                    ThresholdScan.smooth(errors, 20, Double.parseDouble(row.getKey())),
                    row.getKey());
        }
    }

    @Test
    void accumulated() throws IOException {
        JsonNode golden = PolicyGolden.read();
        double[] changes = PolicyGolden.doubles(golden.get("lagErrors").get(0));
        for (Iterator<Map.Entry<String, JsonNode>> rows = golden.get("accumulated").fields();
                rows.hasNext(); ) {
            Map.Entry<String, JsonNode> row = rows.next();
            assertEquals(
                    PolicyGolden.integers(row.getValue()),
                    ThresholdScan.accumulated(changes, Double.parseDouble(row.getKey())),
                    row.getKey());
        }
    }

    @Test
    void lagErrors() throws IOException {
        JsonNode golden = PolicyGolden.read();
        BoundaryTrace trace = new BoundaryTrace(1);
        for (int step = 0; step < 20; step++) {
            double[] values = PolicyGolden.doubles(golden.get("features").get(step));
            trace.add(step, Nd4j.createFromArray(values).reshape(1, 3, 1, 1));
        }
        for (int lag = 1; lag <= 3; lag++) {
            double[] expected = PolicyGolden.doubles(golden.get("lagErrors").get(lag - 1));
            double[] actual = trace.lagErrors(lag);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-6 * expected[i]);
            }
        }
    }

    @Test
    void affine() throws IOException {
        JsonNode affine = PolicyGolden.read().get("affine");
        double[] y = PolicyGolden.doubles(affine.get("y"));
        float[] single = new float[y.length];
        for (int i = 0; i < y.length; i++) {
            single[i] = (float) y[i];
        }
        double[] line = AffineFit.regression(PolicyGolden.doubles(affine.get("x")), single);
        assertEquals(affine.get("scale").asDouble(), line[0], 1e-6);
        assertEquals(affine.get("shift").asDouble(), line[1], 1e-6);
    }
}
