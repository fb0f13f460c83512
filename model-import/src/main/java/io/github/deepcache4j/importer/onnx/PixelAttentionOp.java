// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What {@link PixelAttentionPattern} found: operands x, gamma, beta, then weights and bias of the
 * linear layers for queries, keys, values and the result.
 */
final class PixelAttentionOp {

    private PixelAttentionOp() {}

    static List<SDVariable> emit(Emission e) {
        Shape shape = e.shape(0);
        SDVariable normal =
                Composites.groupNorm(
                        e.in(0),
                        shape,
                        e.integer("num_groups", 0),
                        vector(e, 1),
                        vector(e, 2),
                        e.real("epsilon", 1e-5));
        INDArray weights =
                Nd4j.concat(
                        0,
                        kernel(e.fixed(3, "weights")),
                        kernel(e.fixed(5, "weights")),
                        kernel(e.fixed(7, "weights")));
        INDArray bias = Nd4j.concat(0, e.fixed(4, "bias"), e.fixed(6, "bias"), e.fixed(8, "bias"));
        return List.of(
                Composites.pixelAttention(
                        normal,
                        shape,
                        e.newConstant("qkv_weights", weights),
                        e.newConstant("qkv_bias", bias),
                        e.derived(9, "pointwise", PixelAttentionOp::kernel),
                        e.in(10),
                        e.integer("heads", 1),
                        e.real("alpha", 1)));
    }

    private static SDVariable vector(Emission e, int operand) {
        return e.shape(operand).rank() == 1
                ? e.in(operand)
                : e.derived(operand, "flat", array -> array.reshape(array.length()));
    }

    /** {@code [inner, outer]} as a convolution's {@code [outer, inner, 1, 1]}. */
    private static INDArray kernel(INDArray weights) {
        return weights.transpose().dup('c').reshape('c', weights.size(1), weights.size(0), 1, 1);
    }
}
