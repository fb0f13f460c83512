// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Operators of the domain {@code com.microsoft} that ONNX Runtime's offline optimiser writes on a
 * CPU (docs/ContribOperators.md of ONNX Runtime): fusions of standard ones.
 */
final class ContribOps {

    private ContribOps() {}

    static Map<String, OnnxOp> all() {
        return Map.ofEntries(
                entry("FusedConv", ContribOps::convolution),
                entry("FusedMatMul", ContribOps::product),
                entry("FusedGemm", ContribOps::gemm),
                entry("Gelu", e -> Composites.gelu(floating(e))),
                entry("BiasGelu", e -> Composites.gelu(floating(e).add(e.in(1)))),
                entry("FastGelu", ContribOps::fastGelu),
                entry("QuickGelu", ContribOps::quickGelu),
                Map.entry("com.microsoft:SkipLayerNormalization", ContribOps::skipLayerNorm),
                Map.entry("com.microsoft:MultiHeadAttention", ContribOps::attention));
    }

    /** An operator of one output. */
    private interface Single {
        SDVariable emit(Emission e);
    }

    private static Map.Entry<String, OnnxOp> entry(String op, Single single) {
        return Map.entry("com.microsoft:" + op, e -> List.of(single.emit(e)));
    }

    private static SDVariable floating(Emission e) {
        e.requireFloating(0);
        return e.in(0);
    }

    /** A convolution, a sum with another tensor (Z) if it is there, an activation. */
    private static SDVariable convolution(Emission e) {
        SDVariable result = ConvolutionOps.conv(e);
        return activation(e, e.has(3) ? result.add(e.in(3)) : result, "activation_params");
    }

    private static SDVariable gemm(Emission e) {
        e.ignore("activation_alpha", "activation_beta", "activation_gamma");
        double alpha = e.real("activation_alpha", 0.01f);
        return activated(e, LinearOps.gemmProduct(e), e.text("activation", ""), List.of(alpha));
    }

    private static SDVariable activation(Emission e, SDVariable x, String parameters) {
        return activated(e, x, e.text("activation", ""), e.reals(parameters).orElse(List.of(0.01)));
    }

    private static SDVariable activated(
            Emission e, SDVariable x, String activation, List<Double> parameters) {
        return switch (activation) {
            case "" -> x;
            case "Relu" -> e.sameDiff().nn().relu(x, 0);
            case "Sigmoid" -> e.sameDiff().nn().sigmoid(x);
            case "Tanh" -> e.sameDiff().nn().tanh(x);
            case "LeakyRelu" ->
                    Broadcasting.select(
                            e, x.lt(e.scalar(x.dataType(), 0)), x.mul(parameters.get(0)), x);
            case "Clip" -> e.sameDiff().math().clipByValue(x, parameters.get(0), parameters.get(1));
            case "HardSigmoid" ->
                    e.sameDiff()
                            .math()
                            .clipByValue(x.mul(parameters.get(0)).add(parameters.get(1)), 0, 1);
            default -> throw e.refuse("attribute activation=" + activation + " is not supported");
        };
    }

    /** alpha A' B', where a transpose may also bring the batch axis of a matrix to its rows. */
    private static SDVariable product(Emission e) {
        e.requireInteger("transBatchA", 0);
        e.requireInteger("transBatchB", 0);
        SDVariable a = e.integer("transA", 0) == 1 ? LinearOps.transposed(e, e.in(0)) : e.in(0);
        SDVariable b = e.integer("transB", 0) == 1 ? LinearOps.transposed(e, e.in(1)) : e.in(1);
        SDVariable result = LinearOps.matMul(e, a, b);
        double alpha = e.real("alpha", 1);
        return alpha == 1 ? result : result.mul(alpha);
    }

    /** The tanh form, of the input and a bias if it is there. */
    private static SDVariable fastGelu(Emission e) {
        return ActivationOps.tanhGelu(e, e.has(1) ? floating(e).add(e.in(1)) : floating(e));
    }

    /** x sigmoid(alpha x). */
    private static SDVariable quickGelu(Emission e) {
        double alpha = e.real("alpha", 1.702f);
        return floating(e).mul(e.sameDiff().nn().sigmoid(e.in(0).mul(alpha)));
    }

    /** Layer normalisation of input + skip (+ bias); outputs 1 and 2 belong to training. */
    private static List<SDVariable> skipLayerNorm(Emission e) {
        e.requireType(0, DataType.FLOAT);
        if (e.wants(1) || e.wants(2)) {
            throw e.refuse("the outputs mean and inv_std_var are not supported");
        }
        SDVariable sum = Broadcasting.combine(e, SDVariable::add, e.in(0), e.in(1));
        SDVariable biased = e.has(4) ? sum.add(e.in(4)) : sum;
        Shape shape = e.shape(biased);
        SDVariable beta = e.has(3) ? e.in(3) : null;
        SDVariable normal =
                Composites.layerNorm(biased, shape, e.in(2), beta, e.real("epsilon", 1e-12f));
        return List.of(normal, normal, normal, biased);
    }

    /**
     * Attention of {@code [batch, tokens, heads * size]} queries, keys and values, with biases for
     * the three of them one after another.
     */
    private static List<SDVariable> attention(Emission e) {
        e.requireType(0, DataType.FLOAT);
        e.requireInteger("unidirectional", 0);
        e.ignore("mask_filter_value");
        String[] names = {"key_padding_mask", "past_key", "past_value"};
        int[] operands = {4, 6, 7};
        for (int i = 0; i < operands.length; i++) {
            if (e.has(operands[i])) {
                throw e.refuse("the operand " + names[i] + " is not supported");
            }
        }
        if (!e.has(1) || !e.has(2) || e.shape(1).rank() != 3 || e.shape(2).rank() != 3) {
            throw e.refuse("packed keys and values are not supported");
        }
        long heads = e.integer("num_heads", 0);
        SDVariable q = AttentionOps.split(e, biased(e, 0), heads);
        SDVariable k = AttentionOps.split(e, biased(e, 1), heads);
        SDVariable v = AttentionOps.split(e, biased(e, 2), heads);
        double given = e.real("scale", 0);
        double scale = given == 0 ? 1 / Math.sqrt(e.shape(q).size(-1)) : given;
        SDVariable scores = Composites.scaledMatMul(q, k, false, true, scale);
        SDVariable masked = e.has(5) ? scores.add(e.in(5)) : scores;
        SDVariable weights = e.sameDiff().nn().softmax(masked, e.shape(masked).rank() - 1);
        return List.of(AttentionOps.merge(e, e.sameDiff().mmul(weights, v)));
    }

    /** Queries, keys or values with their part of the bias. */
    private static SDVariable biased(Emission e, int operand) {
        if (!e.has(3)) {
            return e.in(operand);
        }
        long begin = 0;
        for (int i = 0; i < operand; i++) {
            begin += e.shape(i).size(2);
        }
        long end = begin + e.shape(operand).size(2);
        SDVariable part =
                e.sameDiff()
                        .stridedSlice(
                                e.in(3), new long[] {begin}, new long[] {end}, new long[] {1});
        return e.in(operand).add(part);
    }
}
