// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1), heads either as an axis or inside the
 * last one; with masks, cached keys, grouped heads and soft caps.
 */
final class AttentionOps {

    private AttentionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of("Attention", AttentionOps::attention);
    }

    /** Queries, keys or values as {@code [batch, heads, tokens, size]}. */
    private static SDVariable heads(Emission e, int operand, String attribute) {
        Shape shape = e.shape(operand);
        if (shape.rank() == 4) {
            e.ignore(attribute);
            return e.in(operand);
        }
        return split(e, e.in(operand), e.integer(attribute, 0));
    }

    /** {@code [batch, tokens, heads * size]} to {@code [batch, heads, tokens, size]}. */
    static SDVariable split(Emission e, SDVariable x, long heads) {
        Shape shape = e.shape(x);
        if (shape.rank() != 3 || heads < 1 || shape.size(2) % heads != 0) {
            throw e.refuse(
                    "a tensor of shape " + shape + " does not split into " + heads + " heads");
        }
        Shape parts = Shape.of(shape.size(0), shape.size(1), heads, shape.size(2) / heads);
        return e.permute(e.reshape(x, parts), 0, 2, 1, 3);
    }

    /** {@code [batch, heads, tokens, size]} to {@code [batch, tokens, heads * size]}. */
    static SDVariable merge(Emission e, SDVariable x) {
        Shape shape = e.shape(x);
        return e.reshape(
                e.permute(x, 0, 2, 1, 3),
                Shape.of(shape.size(0), shape.size(2), shape.size(1) * shape.size(3)));
    }

    private static List<SDVariable> attention(Emission e) {
        e.requireFloating(0);
        // what is computed here is computed in the operands' own type, f32 at least
        e.ignore("softmax_precision");
        SDVariable q = heads(e, 0, "q_num_heads");
        SDVariable newKeys = heads(e, 1, "kv_num_heads");
        SDVariable newValues = heads(e, 2, "kv_num_heads");
        SDVariable keys = e.has(4) ? e.sameDiff().concat(2, e.in(4), newKeys) : newKeys;
        SDVariable values = e.has(5) ? e.sameDiff().concat(2, e.in(5), newValues) : newValues;
        long queryHeads = e.shape(q).size(1);
        double scale = e.real("scale", 1 / Math.sqrt(e.shape(q).size(-1)));
        SDVariable raw =
                Composites.scaledMatMul(q, repeatHeads(e, keys, queryHeads), false, true, scale);
        SDVariable capped = softcap(e, raw);
        AttentionMask mask = AttentionMask.read(e, e.shape(raw));
        SDVariable biased = mask.addTo(capped);
        SDVariable weights = weights(e, biased, mask.mayHideAll());
        SDVariable result = e.sameDiff().mmul(weights, repeatHeads(e, values, queryHeads));
        SDVariable shown = shown(e, raw, capped, biased, weights);
        return List.of(e.shape(0).rank() == 4 ? result : merge(e, result), keys, values, shown);
    }

    /** Grouped heads: each head of keys and values serves several heads of queries. */
    private static SDVariable repeatHeads(Emission e, SDVariable x, long queryHeads) {
        Shape shape = e.shape(x);
        long heads = shape.size(1);
        if (queryHeads % heads != 0) {
            throw e.refuse(queryHeads + " query heads over " + heads + " key heads");
        }
        if (queryHeads == heads) {
            return x;
        }
        Shape apart = Shape.of(shape.size(0), heads, 1, shape.size(2), shape.size(3));
        Shape wide =
                Shape.of(shape.size(0), heads, queryHeads / heads, shape.size(2), shape.size(3));
        return e.reshape(
                Broadcasting.expand(e, e.reshape(x, apart), wide),
                Shape.of(shape.size(0), queryHeads, shape.size(2), shape.size(3)));
    }

    private static SDVariable softcap(Emission e, SDVariable scores) {
        double cap = e.real("softcap", 0);
        return cap == 0 ? scores : e.sameDiff().nn().tanh(scores.div(cap)).mul(cap);
    }

    /** The softmax of the scores; of a query that sees no key, zeros. */
    static SDVariable weights(Emission e, SDVariable scores, boolean mayHideAll) {
        SDVariable weights = e.sameDiff().nn().softmax(scores, e.shape(scores).rank() - 1);
        if (!mayHideAll) {
            return weights;
        }
        DataType type = scores.dataType();
        SDVariable best =
                AxisReduction.reduce(e, scores, SDVariable::max, true, e.shape(scores).rank() - 1);
        SDVariable sees = best.gt(e.scalar(type, Double.NEGATIVE_INFINITY));
        return Broadcasting.select(e, sees, weights, e.scalar(type, 0));
    }

    private static SDVariable shown(
            Emission e, SDVariable raw, SDVariable capped, SDVariable biased, SDVariable weights) {
        long mode = e.integer("qk_matmul_output_mode", 0);
        List<SDVariable> stages = List.of(raw, capped, biased, weights);
        if (mode < 0 || mode >= stages.size()) {
            throw e.refuse("attribute qk_matmul_output_mode=" + mode + " is not supported");
        }
        return stages.get((int) mode);
    }
}
