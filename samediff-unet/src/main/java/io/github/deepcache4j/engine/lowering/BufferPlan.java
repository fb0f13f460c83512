// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Places in memory for the buffers of a program: those that are never needed at the same time share
 * theirs.
 *
 * <p>Largest first, each at the lowest place that is free for its whole life; within a few per cent
 * of the lower bound on such graphs (Pisarchyk and Lee 2020, "greedy by size"). A stage may be left
 * out, which only ends lives early. O(buffers squared).
 */
public final class BufferPlan {

    /** Places are multiples of this many elements: 64 bytes or more, a cache line. */
    private static final long ALIGNMENT = 64;

    private final Map<Integer, Long> places = new HashMap<>();
    private final Map<DataType, Long> sizes = new HashMap<>();

    private record Life(Buffer buffer, int first, int last) {

        boolean meets(Life other) {
            return first <= other.last && other.first <= last;
        }
    }

    private BufferPlan() {}

    public static BufferPlan of(Program program) {
        BufferPlan plan = new BufferPlan();
        List<Life> lives = lives(program);
        for (DataType type : lives.stream().map(life -> life.buffer().type()).distinct().toList()) {
            plan.place(
                    type,
                    lives.stream()
                            .filter(life -> life.buffer().type() == type)
                            .sorted(Comparator.comparing(life -> -life.buffer().elements()))
                            .toList());
        }
        return plan;
    }

    /** First element of a buffer that is no constant. */
    public long place(int buffer) {
        Long place = places.get(buffer);
        if (place == null) {
            throw new IllegalArgumentException("no step uses buffer " + buffer);
        }
        return place;
    }

    /** Elements of each type that all buffers take together. */
    public Map<DataType, Long> sizes() {
        return Map.copyOf(sizes);
    }

    private static List<Life> lives(Program program) {
        int end = program.steps().size();
        Map<Integer, Life> lives = new HashMap<>();
        program.buffers().stream()
                .filter(buffer -> buffer.kept() && buffer.constant() == null)
                .forEach(buffer -> lives.put(buffer.id(), new Life(buffer, 0, end)));
        for (int at = 0; at < end; at++) {
            Step step = program.steps().get(at).step();
            List<Operand> used = new ArrayList<>(step.inputs().toList());
            used.addAll(step.results());
            for (Operand operand : used) {
                Buffer buffer = program.buffers().get(operand.buffer());
                Life life = lives.get(buffer.id());
                if (buffer.constant() == null && !buffer.kept()) {
                    lives.put(buffer.id(), new Life(buffer, life == null ? at : life.first(), at));
                }
            }
        }
        return List.copyOf(lives.values());
    }

    private void place(DataType type, List<Life> lives) {
        List<Life> placed = new ArrayList<>();
        long total = 0;
        for (Life life : lives) {
            long place = 0;
            List<Life> neighbours =
                    placed.stream()
                            .filter(life::meets)
                            .sorted(Comparator.comparing(other -> place(other.buffer().id())))
                            .toList();
            for (Life other : neighbours) {
                if (place(other.buffer().id()) - place >= padded(life)) {
                    break;
                }
                place = Math.max(place, place(other.buffer().id()) + padded(other));
            }
            places.put(life.buffer().id(), place);
            placed.add(life);
            total = Math.max(total, place + padded(life));
        }
        sizes.put(type, total);
    }

    private static long padded(Life life) {
        return Math.max(1, (life.buffer().elements() + ALIGNMENT - 1) / ALIGNMENT) * ALIGNMENT;
    }
}
