// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.Program;
import java.util.List;
import java.util.Locale;

/** What each operation of a graph became, and its share of the time. */
final class Explanation {

    private static final int RUNS = 5;

    private Explanation() {}

    /** A line for each step, then a line for each kernel. Times are minima of a few runs. */
    static String of(Program program, List<Instruction> instructions) {
        long[] nanos = measure(instructions);
        long total = 1;
        for (long time : nanos) {
            total += time;
        }
        StringBuilder text = new StringBuilder();
        java.util.Map<String, long[]> kernels = new java.util.TreeMap<>();
        for (int i = 0; i < nanos.length; i++) {
            Program.Placed placed = program.steps().get(i);
            Operand output = placed.step().output();
            String kernel =
                    placed.step().getClass().getSimpleName() + " " + instructions.get(i).kernel();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%8.3f ms %5.1f %%  %-7s %-40s %s %s%n",
                            nanos[i] / 1e6,
                            100.0 * nanos[i] / total,
                            program.stages().get(placed.stage()).kind(),
                            kernel,
                            output.shape(),
                            placed.nodes()));
            long[] sum = kernels.computeIfAbsent(kernel, key -> new long[2]);
            sum[0] += nanos[i];
            sum[1]++;
        }
        for (var entry : kernels.entrySet()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%8.3f ms %5.1f %%  %4d x %s%n",
                            entry.getValue()[0] / 1e6,
                            100.0 * entry.getValue()[0] / total,
                            entry.getValue()[1],
                            entry.getKey()));
        }
        return text.toString();
    }

    private static long[] measure(List<Instruction> instructions) {
        long[] best = new long[instructions.size()];
        java.util.Arrays.fill(best, Long.MAX_VALUE);
        for (int run = 0; run < RUNS; run++) {
            for (int i = 0; i < best.length; i++) {
                long start = System.nanoTime();
                instructions.get(i).run();
                best[i] = Math.min(best[i], System.nanoTime() - start);
            }
        }
        return best;
    }
}
