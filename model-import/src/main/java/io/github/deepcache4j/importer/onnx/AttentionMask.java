// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the ONNX operator {@code Attention} adds to the scores: minus infinity where a query must
 * not see a key, and the numbers of a mask of floats.
 *
 * <p>A query has an absolute position, its index and an offset: the number of cached keys, or of
 * the keys that are no padding less the number of queries. Causality and windows compare it with
 * the index of the key.
 */
final class AttentionMask {

    private final Emission e;
    private final Shape scores;
    private final DataType type;
    private final List<SDVariable> biases = new ArrayList<>();

    private AttentionMask(Emission e, Shape scores) {
        this.e = e;
        this.scores = scores;
        this.type = e.type(0);
    }

    /**
     * @param scores {@code [batch, heads, queries, keys]}
     */
    static AttentionMask read(Emission e, Shape scores) {
        AttentionMask mask = new AttentionMask(e, scores);
        mask.addOperand();
        mask.addPositions();
        return mask;
    }

    /** Whether a query may be left without any key. */
    boolean mayHideAll() {
        return !biases.isEmpty();
    }

    SDVariable addTo(SDVariable x) {
        SDVariable result = x;
        for (SDVariable bias : biases) {
            result = result.add(bias);
        }
        return result;
    }

    private void hideUnless(SDVariable visible) {
        SDVariable hidden = e.scalar(type, Double.NEGATIVE_INFINITY);
        biases.add(Broadcasting.select(e, visible, e.scalar(type, 0), hidden));
    }

    private void addOperand() {
        if (!e.has(3)) {
            return;
        }
        SDVariable mask = e.in(3);
        long missing = scores.size(3) - e.shape(3).size(-1);
        boolean broadcasts = e.shape(3).size(-1) == 1;
        if (e.type(3) != DataType.BOOL) {
            biases.add(
                    missing > 0 && !broadcasts
                            ? padded(mask, missing, Double.NEGATIVE_INFINITY)
                            : mask);
        } else if (missing > 0 && !broadcasts) {
            hideUnless(padded(mask.castTo(DataType.INT), missing, 0).gt(0));
        } else {
            hideUnless(mask);
        }
    }

    /** Keys that a mask is too short for are hidden. */
    private SDVariable padded(SDVariable mask, long missing, double value) {
        long[] none = new long[e.shape(mask).rank()];
        long[] after = none.clone();
        after[after.length - 1] = missing;
        return PadOps.withConstant(e, mask, none, after, value);
    }

    private void addPositions() {
        boolean causal = e.integer("is_causal", 0) == 1;
        long left = e.integer("left_window_size", -1);
        long right = e.integer("right_window_size", -1);
        long latest = causal ? 0 : right;
        boolean bounded = latest >= 0 || left >= 0;
        if (e.has(6)) {
            addPositionsOfUnpadded(left, latest);
        } else if (bounded) {
            long offset = e.has(4) ? e.shape(4).size(2) : 0;
            INDArray visible =
                    Triangle.ones(
                            DataType.BOOL,
                            scores.size(2),
                            scores.size(3),
                            (query, key) ->
                                    (latest < 0 || key <= query + offset + latest)
                                            && (left < 0 || key >= query + offset - left));
            hideUnless(e.newConstant("visible", visible));
        }
    }

    /** The number of keys that are no padding is an operand, one for each element of the batch. */
    private void addPositionsOfUnpadded(long left, long latest) {
        SDVariable keys = e.reshape(e.in(6), Shape.of(scores.size(0), 1, 1, 1));
        SDVariable counted = keys.castTo(DataType.LONG);
        long queries = scores.size(2);
        SDVariable key = e.newConstant("keys", Nd4j.arange(scores.size(3)).castTo(DataType.LONG));
        hideUnless(key.lt(counted));
        SDVariable query =
                e.newConstant(
                        "queries", Nd4j.arange(queries).castTo(DataType.LONG).reshape(queries, 1));
        // the distance from the query's position to the key, which is 0 for the query's own key
        SDVariable ahead = key.sub(query).sub(counted).add(queries);
        if (latest >= 0) {
            hideUnless(ahead.lte(e.scalar(DataType.LONG, latest)));
        }
        if (left >= 0) {
            hideUnless(ahead.gte(e.scalar(DataType.LONG, -left)));
        }
    }
}
