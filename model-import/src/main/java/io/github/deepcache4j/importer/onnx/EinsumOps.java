// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Einstein summation. Operands are joined from left to right; each join is one batched matrix
 * product:
 *
 * <pre>
 *   left  ─ permute [both and kept | left only | both and summed] ─ reshape [batch, m, k] ─┐
 *   right ─ permute [both and kept | both and summed | right only] ─ reshape [batch, k, n] ─┴─ matmul
 * </pre>
 */
final class EinsumOps {

    private EinsumOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Einsum", EinsumOps::einsum);
    }

    /** A tensor and one label for each of its axes. */
    private record Term(SDVariable tensor, List<Integer> labels) {

        boolean has(int label) {
            return labels.contains(label);
        }
    }

    private static List<SDVariable> einsum(Emission e) {
        e.requireFloating(0);
        List<Integer> ranks =
                IntStream.range(0, e.operands()).mapToObj(i -> e.shape(i).rank()).toList();
        EinsumEquation equation = EinsumEquation.parse(e, e.text("equation", ""), ranks);
        Term result = term(e, equation, 0);
        for (int i = 1; i < e.operands(); i++) {
            Set<Integer> needed = new HashSet<>(equation.result());
            equation.operands().subList(i + 1, e.operands()).forEach(needed::addAll);
            result = join(e, result, term(e, equation, i), needed);
        }
        result = keepOnly(e, result, new HashSet<>(equation.result()));
        return List.of(ordered(e, result, equation.result()));
    }

    private static Term term(Emission e, EinsumEquation equation, int operand) {
        Term term = new Term(e.in(operand), equation.operands().get(operand));
        while (new HashSet<>(term.labels()).size() < term.labels().size()) {
            term = diagonal(e, term);
        }
        return term;
    }

    /** Takes the diagonal of the first two axes that have one label. */
    private static Term diagonal(Emission e, Term term) {
        List<Integer> labels = term.labels();
        int first = 0;
        while (labels.lastIndexOf(labels.get(first)) == first) {
            first++;
        }
        int one = first;
        int two = labels.lastIndexOf(labels.get(one));
        Shape shape = e.shape(term.tensor());
        long size = shape.size(one);
        if (shape.size(two) != size) {
            throw e.refuse("a diagonal of " + size + " by " + shape.size(two));
        }
        List<Integer> order =
                new ArrayList<>(
                        IntStream.range(0, shape.rank())
                                .filter(axis -> axis != one && axis != two)
                                .boxed()
                                .toList());
        List<Integer> left = order.stream().map(labels::get).toList();
        List<Long> sizes = new ArrayList<>(order.stream().map(shape::size).toList());
        order.addAll(List.of(one, two));
        sizes.add(size * size);
        SDVariable square =
                e.reshape(
                        e.permute(term.tensor(), order.stream().mapToInt(i -> i).toArray()),
                        new Shape(sizes));
        List<Long> places = LongStream.range(0, size).map(i -> i * (size + 1)).boxed().toList();
        List<Integer> result = new ArrayList<>(left);
        result.add(labels.get(one));
        return new Term(
                e.sameDiff()
                        .gather(
                                square,
                                Indices.constant(e, "diagonal" + size, places),
                                sizes.size() - 1),
                result);
    }

    /** Sums over the axes whose labels nothing asks for. */
    private static Term keepOnly(Emission e, Term term, Set<Integer> needed) {
        int[] gone =
                IntStream.range(0, term.labels().size())
                        .filter(axis -> !needed.contains(term.labels().get(axis)))
                        .toArray();
        if (gone.length == 0) {
            return term;
        }
        return new Term(
                AxisReduction.reduce(e, term.tensor(), SDVariable::sum, false, gone),
                term.labels().stream().filter(needed::contains).toList());
    }

    private static Term join(Emission e, Term a, Term b, Set<Integer> needed) {
        Set<Integer> neededOfA = new HashSet<>(needed);
        neededOfA.addAll(b.labels());
        Set<Integer> neededOfB = new HashSet<>(needed);
        neededOfB.addAll(a.labels());
        Term left = keepOnly(e, a, neededOfA);
        Term right = keepOnly(e, b, neededOfB);
        List<Integer> batch =
                left.labels().stream().filter(l -> right.has(l) && needed.contains(l)).toList();
        List<Integer> summed =
                left.labels().stream().filter(l -> right.has(l) && !needed.contains(l)).toList();
        List<Integer> rows = left.labels().stream().filter(l -> !right.has(l)).toList();
        List<Integer> columns = right.labels().stream().filter(l -> !left.has(l)).toList();
        List<Integer> shared = new ArrayList<>(batch);
        shared.addAll(summed);
        Term wideLeft = widened(e, left, right, shared);
        Term wideRight = widened(e, right, left, shared);
        SDVariable product =
                e.sameDiff()
                        .mmul(
                                matrices(e, wideLeft, batch, rows, summed),
                                matrices(e, wideRight, batch, summed, columns));
        List<Integer> labels = new ArrayList<>(batch);
        labels.addAll(rows);
        labels.addAll(columns);
        List<Long> sizes = new ArrayList<>(sizes(e, wideLeft, batch));
        sizes.addAll(sizes(e, wideLeft, rows));
        sizes.addAll(sizes(e, wideRight, columns));
        return new Term(e.reshape(product, new Shape(sizes)), labels);
    }

    /** The tensor repeated along shared axes where the other is longer. */
    private static Term widened(Emission e, Term term, Term other, List<Integer> shared) {
        List<Long> sizes = new ArrayList<>(e.shape(term.tensor()).sizes());
        for (int label : shared) {
            int axis = term.labels().indexOf(label);
            long size = e.shape(other.tensor()).size(other.labels().indexOf(label));
            if (sizes.get(axis) == 1) {
                sizes.set(axis, size);
            } else if (size != 1 && size != sizes.get(axis)) {
                throw e.refuse("sizes " + sizes.get(axis) + " and " + size + " of one label");
            }
        }
        return new Term(Broadcasting.expand(e, term.tensor(), new Shape(sizes)), term.labels());
    }

    /** The tensor as a batch of matrices. */
    private static SDVariable matrices(
            Emission e, Term term, List<Integer> batch, List<Integer> rows, List<Integer> columns) {
        List<Integer> order = new ArrayList<>(batch);
        order.addAll(rows);
        order.addAll(columns);
        Shape shape =
                Shape.of(
                        elements(e, term, batch),
                        elements(e, term, rows),
                        elements(e, term, columns));
        return e.reshape(ordered(e, term, order), shape);
    }

    private static List<Long> sizes(Emission e, Term term, List<Integer> labels) {
        Shape shape = e.shape(term.tensor());
        return labels.stream().map(label -> shape.size(term.labels().indexOf(label))).toList();
    }

    private static long elements(Emission e, Term term, List<Integer> labels) {
        return new Shape(sizes(e, term, labels)).elements();
    }

    private static SDVariable ordered(Emission e, Term term, List<Integer> labels) {
        return e.permute(term.tensor(), labels.stream().mapToInt(term.labels()::indexOf).toArray());
    }
}
