// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Fitted;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.forecast.Newton;
import io.github.deepcache4j.forecast.Reuse;
import io.github.deepcache4j.forecast.Taylor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Dynamic programmes against trying everything, each for its own cost. */
class ProgrammePropertyTest {

    private static final List<Forecast> FORECASTS =
            List.of(
                    new Reuse(),
                    new Newton(1, Abscissa.STEP),
                    new Newton(2, Abscissa.STEP),
                    new Taylor(2),
                    Fitted.to(2));

    static StepCosts costs(int steps, Forecast forecast, Random random) {
        double[][] features = new double[steps][6];
        for (int i = 1; i < steps; i++) {
            for (int k = 0; k < 6; k++) {
                features[i][k] = features[i - 1][k] + random.nextGaussian();
            }
        }
        double[][] gram = new double[steps][steps];
        for (int i = 0; i < steps; i++) {
            for (int j = 0; j < steps; j++) {
                for (int k = 0; k < 6; k++) {
                    gram[i][j] += features[i][k] * features[j][k];
                }
            }
        }
        double[] gains = random.doubles(steps, 0.1, 3).toArray();
        double[] at = IntStream.range(0, steps).asDoubleStream().toArray();
        return new StepCosts(new ForecastErrors(gram, at, forecast), gains);
    }

    /** All lists of full steps that begin with 0 and have no gap above the longest. */
    static List<List<Integer>> all(int steps, int count, int longest) {
        List<List<Integer>> lists = new ArrayList<>();
        for (int bits = 0; bits < 1 << (steps - 1); bits++) {
            if (Integer.bitCount(bits) == count - 1) {
                List<Integer> full = new ArrayList<>(List.of(0));
                for (int s = 1; s < steps; s++) {
                    if ((bits >> (s - 1) & 1) == 1) {
                        full.add(s);
                    }
                }
                int before = 0;
                boolean near = true;
                for (int s : full) {
                    near &= s - before <= longest;
                    before = s;
                }
                if (near && steps - before <= longest) {
                    lists.add(full);
                }
            }
        }
        return lists;
    }

    @Test
    void theProgrammeIsTheBestOfAllLists() {
        int cases = 0;
        for (int steps = 2; steps <= 10; steps++) {
            for (int count = 1; count <= steps; count++) {
                for (Forecast forecast : FORECASTS) {
                    Random random = new Random(100L * steps + count);
                    StepCosts costs = costs(steps, forecast, random);
                    int longest = count % 2 == 0 ? steps : Math.max(2, 2 * steps / count);
                    double least =
                            all(steps, count, longest).stream()
                                    .mapToDouble(costs::of)
                                    .min()
                                    .orElse(Double.NaN);
                    if (Double.isNaN(least)) {
                        continue;
                    }
                    List<Integer> found = Programme.best(costs, count, longest);
                    assertEquals(count, found.size());
                    assertEquals(
                            least,
                            costs.of(found),
                            1e-9 * (1 + least),
                            "T " + steps + ", " + count + " full, " + forecast.tag());
                    cases++;
                }
            }
        }
        assertTrue(cases > 200, "only " + cases + " cases");
    }

    @Test
    void directSearchComesNearTheBestOfAllLists() {
        for (int seed = 0; seed < 40; seed++) {
            Forecast forecast = FORECASTS.get(seed % 5);
            StepCosts costs = costs(10, forecast, new Random(seed));
            // what the programme believes is not quite the cost
            StepCosts believed = costs.withGains(new Random(-seed).doubles(10, 0.1, 3).toArray());
            int count = 3 + seed % 4;
            double least = all(10, count, 10).stream().mapToDouble(costs::of).min().orElseThrow();
            DirectSearch search = new DirectSearch(costs::of, 10, Integer.MAX_VALUE);
            List<List<Integer>> starts = new ArrayList<>(FullSteps.starts(count, 10));
            starts.add(Programme.best(believed, count, 10));
            double found = costs.of(search.best(starts));
            assertTrue(
                    10 * Math.log10(found / least) <= 0.3,
                    "seed " + seed + ": " + found + " against " + least);
        }
    }

    @Test
    void theKnapsackIsTheBestOfAllChoices() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            double[][] costs = new double[7][3];
            for (double[] row : costs) {
                row[0] = random.nextDouble() * 3;
                row[1] = row[0] * random.nextDouble();
                row[2] = row[1] * random.nextDouble();
            }
            int[] prices = {80, 210, 370};
            int units = 560 + random.nextInt(2100);
            double least = Double.POSITIVE_INFINITY;
            for (int code = 0; code < 2187; code++) {
                double cost = 0;
                int price = 0;
                for (int i = 0, rest = code; i < 7; i++, rest /= 3) {
                    cost += costs[i][rest % 3];
                    price += prices[rest % 3];
                }
                least = price <= units ? Math.min(least, cost) : least;
            }
            List<Integer> chosen = BranchKnapsack.choose(costs, prices, units);
            double cost = 0;
            int price = 0;
            for (int i = 0; i < 7; i++) {
                cost += costs[i][chosen.get(i)];
                price += prices[chosen.get(i)];
            }
            assertTrue(price <= units, "seed " + seed);
            assertEquals(least, cost, 1e-12, "seed " + seed);
        }
    }
}
