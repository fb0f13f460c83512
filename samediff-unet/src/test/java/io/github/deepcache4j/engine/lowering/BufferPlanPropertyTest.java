// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

/** No two buffers that are needed at once overlap, on random programs. */
class BufferPlanPropertyTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatLivesAtOnceLiesApart(long seed) {
        Random random = new Random(seed);
        List<Buffer> buffers = new ArrayList<>();
        List<Program.Placed> steps = new ArrayList<>();
        int[][] lives = new int[60][2];
        for (int id = 0; id < lives.length; id++) {
            boolean kept = id == 0 || random.nextInt(10) == 0;
            buffers.add(new Buffer(id, DataType.FLOAT, 1 + random.nextInt(5000), null, kept));
            lives[id] = kept ? new int[] {0, lives.length} : new int[] {id - 1, id - 1};
            if (id > 0) {
                int from = random.nextInt(id);
                if (!buffers.get(from).kept()) {
                    lives[from][1] = Math.max(lives[from][1], id - 1);
                }
                steps.add(
                        new Program.Placed(
                                new Step.Copy(operand(buffers, from), operand(buffers, id)),
                                0,
                                List.of()));
            }
        }
        BufferPlan plan =
                BufferPlan.of(
                        new Program(
                                steps,
                                buffers,
                                List.of(new Stage(Stage.Kind.SUFFIX, Set.of(), 0)),
                                Map.of(),
                                Map.of(),
                                List.of()));
        long sum = 0;
        for (int a = 0; a < lives.length; a++) {
            sum += buffers.get(a).elements();
            for (int b = 0; b < a; b++) {
                boolean together = lives[a][0] <= lives[b][1] && lives[b][0] <= lives[a][1];
                boolean apart =
                        plan.place(a) + buffers.get(a).elements() <= plan.place(b)
                                || plan.place(b) + buffers.get(b).elements() <= plan.place(a);
                assertTrue(!together || apart, "seed " + seed + ": buffers " + a + " and " + b);
            }
        }
        assertTrue(plan.sizes().get(DataType.FLOAT) < sum, "seed " + seed + ": nothing shared");
    }

    private static Operand operand(List<Buffer> buffers, int id) {
        return new Operand(
                id, DataType.FLOAT, Layout.dense(Shape.of(buffers.get(id).elements())), 0);
    }
}
