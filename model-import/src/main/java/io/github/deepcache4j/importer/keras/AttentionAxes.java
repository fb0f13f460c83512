// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The axes over which attention goes, where there are more than one between batch and width: they
 * become one axis of tokens, the others belong to the batch.
 *
 * <pre>
 *   x ─ transpose [batch, others..., attended..., width] ─ reshape [batches, tokens, width] ─ ... and back
 * </pre>
 */
final class AttentionAxes {

    private final LayerCall call;
    private final List<Long> others;
    private final List<Long> attended;

    private AttentionAxes(LayerCall call, List<Long> others, List<Long> attended) {
        this.call = call;
        this.others = others;
        this.attended = attended;
    }

    static AttentionAxes of(LayerCall call, KerasTensor query) {
        int rank = query.rank();
        if (rank < 3) {
            throw call.refuse("a query of " + rank + " axes is not supported");
        }
        List<Long> all = LongStream.range(1, rank - 1).boxed().toList();
        List<Long> attended =
                call.config()
                        .integers("attention_axes")
                        .map(
                                axes ->
                                        axes.stream()
                                                .map(axis -> (long) call.axis(axis, rank))
                                                .sorted()
                                                .toList())
                        .orElse(all);
        if (attended.isEmpty() || !all.containsAll(attended)) {
            throw call.refuse("attribute attention_axes=" + attended + " is not supported");
        }
        return new AttentionAxes(
                call, all.stream().filter(axis -> !attended.contains(axis)).toList(), attended);
    }

    /** Whether tensors are {@code [batch, tokens, width]} as they are. */
    boolean isSequence() {
        return others.isEmpty() && attended.size() == 1;
    }

    private List<Long> order() {
        List<Long> order = new ArrayList<>(List.of(0L));
        order.addAll(others);
        order.addAll(attended);
        order.add(order.size() + 0L);
        return order;
    }

    /** A query, key or value as {@code [batches, tokens, width]}. */
    KerasTensor sequence(KerasTensor x) {
        if (isSequence()) {
            return x;
        }
        if (x.rank() != order().size()) {
            throw call.refuse("queries and values of different numbers of axes");
        }
        Sizes sizes = new Sizes(call);
        return sizes.reshape(
                turned(x, order()),
                List.of(
                        call.graph().longs(List.of(-1L)),
                        sizes.product(x, attended),
                        sizes.of(x, List.of(x.rank() - 1L))),
                3);
    }

    /** The result with the axes of the query. */
    KerasTensor restore(KerasTensor result, KerasTensor query) {
        if (isSequence()) {
            return result;
        }
        if (result.rank() != 3) {
            throw call.refuse("an output_shape of several axes over several axes of tokens");
        }
        List<Long> order = order();
        Sizes sizes = new Sizes(call);
        KerasTensor apart =
                sizes.reshape(
                        result,
                        List.of(
                                sizes.of(query, order.subList(0, order.size() - 1)),
                                call.graph().longs(List.of(-1L))),
                        query.rank());
        List<Long> back =
                LongStream.range(0, query.rank()).mapToObj(i -> (long) order.indexOf(i)).toList();
        return turned(apart, back);
    }

    private KerasTensor turned(KerasTensor x, List<Long> order) {
        boolean same = LongStream.range(0, order.size()).allMatch(i -> order.get((int) i) == i);
        return same ? x : call.transpose(x, order);
    }
}
