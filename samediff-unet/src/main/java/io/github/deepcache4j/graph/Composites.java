// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.reduce.Moments;
import org.nd4j.linalg.api.ops.impl.reduce.TensorMmul;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The one SameDiff form of every composite that ND4J has no operation for. Importers and builders
 * make composites here and nowhere else, so that engines can recognise them again.
 */
public final class Composites {

    private Composites() {}

    /** x * sigmoid(x), elementwise. */
    public static SDVariable silu(SDVariable x) {
        return x.getSameDiff().nn().swish(x);
    }

    /** x (1 + erf(x / sqrt 2)) / 2, elementwise: the exact GELU. */
    public static SDVariable gelu(SDVariable x) {
        SameDiff sd = x.getSameDiff();
        return x.mul(sd.math().erf(x.mul(Math.sqrt(0.5))).add(1)).mul(0.5);
    }

    /**
     * Group normalisation (Wu and He 2018, eq. 1).
     *
     * <pre>
     *   x ─ reshape [1, N*G, ., .] ─┬─ moments ─┐
     *                               └─────── batchnorm ─ reshape [N, C, ...] ─ batchnorm (gamma, beta)
     * </pre>
     *
     * <p>Every group becomes a channel of one image, whose mean and variance ND4J's oneDNN batch
     * norm applies in one pass. The second batch norm, with mean 0 and variance 1, is the scale and
     * shift of a channel in one pass.
     *
     * @param x {@code [batch, channels, ...]}
     * @param shape of x
     * @param gamma scale, {@code [channels]}
     * @param beta shift, {@code [channels]}
     */
    public static SDVariable groupNorm(
            SDVariable x,
            Shape shape,
            long groups,
            SDVariable gamma,
            SDVariable beta,
            double epsilon) {
        long channels = shape.size(1);
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    channels + " channels cannot be normalised in " + groups + " groups");
        }
        SameDiff sd = x.getSameDiff();
        long images = shape.size(0) * groups;
        long last = shape.rank() > 2 ? shape.size(-1) : 1;
        SDVariable grouped = sd.reshape(x, 1, images, shape.elements() / images / last, last);
        SDVariable normal = normalizeChannels(grouped, epsilon);
        return scaleAndShift(sd.reshape(normal, shape.toArray()), 1, channels, gamma, beta);
    }

    /** Mean 0 and variance 1 for each channel (axis 1) of a tensor of rank 4. */
    private static SDVariable normalizeChannels(SDVariable x, double epsilon) {
        SameDiff sd = x.getSameDiff();
        SDVariable[] moments = new Moments(sd, x, new int[] {0, 2, 3}, false).outputVariables();
        return new BatchNorm(sd, x, moments[0], moments[1], null, null, epsilon, new int[] {1})
                .outputVariable();
    }

    /** y = gamma x + beta for each channel. */
    private static SDVariable scaleAndShift(
            SDVariable x, int axis, long channels, SDVariable gamma, SDVariable beta) {
        SameDiff sd = x.getSameDiff();
        SDVariable mean = shared(sd, "zeros", channels, 0);
        SDVariable variance = shared(sd, "ones", channels, 1);
        return new BatchNorm(sd, x, mean, variance, gamma, beta, 0, new int[] {axis})
                .outputVariable();
    }

    /** A constant vector made once a graph. */
    private static SDVariable shared(SameDiff sd, String role, long length, double value) {
        String name = "deepcache/" + role + length;
        SDVariable known = sd.getVariable(name);
        return known != null
                ? known
                : sd.constant(name, Nd4j.valueArrayOf(new long[] {length}, value, DataType.FLOAT));
    }

    /**
     * Layer normalisation over the last axis (Ba et al. 2016).
     *
     * <pre>
     *   x ─ reshape [1, rows, 1, width] ─┬─ moments ─┐
     *                                    └─────── batchnorm ─ batchnorm (gamma, beta) ─ reshape
     * </pre>
     *
     * @param x {@code [..., width]}
     * @param shape of x
     * @param gamma scale, {@code [width]}
     * @param beta shift, {@code [width]}, or none
     */
    public static SDVariable layerNorm(
            SDVariable x,
            Shape shape,
            SDVariable gamma,
            @Nullable SDVariable beta,
            double epsilon) {
        SameDiff sd = x.getSameDiff();
        long width = shape.size(-1);
        SDVariable rows = sd.reshape(x, 1, shape.elements() / width, 1, width);
        SDVariable normal = normalizeChannels(rows, epsilon);
        SDVariable shift = beta == null ? shared(sd, "zeros", width, 0) : beta;
        return sd.reshape(scaleAndShift(normal, 3, width, gamma, shift), shape.toArray());
    }

    /**
     * A linear layer without bias on the last axis: ND4J's matmul does not broadcast a matrix over
     * a batch.
     *
     * @param x {@code [..., inner]}, rank 3 or more
     * @param weights {@code [inner, outer]}
     * @return {@code [..., outer]}
     */
    public static SDVariable linear(SDVariable x, Shape shape, SDVariable weights) {
        int[][] axes = {{shape.rank() - 1}, {0}};
        return new TensorMmul(x.getSameDiff(), x, weights, axes[0], axes[1], false, false, false)
                .outputVariable();
    }

    /**
     * alpha a' b' for each matrix of a batch, {@code '} being a transpose of the last two axes
     * where asked for.
     */
    public static SDVariable scaledMatMul(
            SDVariable a, SDVariable b, boolean transposeA, boolean transposeB, double alpha) {
        SDVariable product = a.getSameDiff().mmul(a, b, transposeA, transposeB, false);
        DynamicCustomOp op =
                (DynamicCustomOp) product.getSameDiff().getVariableOutputOp(product.name());
        for (double argument : op.tArgs()) {
            op.removeTArgument(argument);
        }
        op.addTArgument(alpha, 0);
        return product;
    }

    /**
     * Self-attention between the pixels of a feature map (Vaswani et al. 2017, section 3.2.2), with
     * 1x1 convolutions as linear layers.
     *
     * <pre>
     *   x ─ conv2d ─ reshape [B, 3, heads, C/heads, P] ─ unstack ─┬─ q ─ matmul q'k ─ softmax (p) ─┐
     *                                                             ├─ k ───┘                         │
     *                                                             └─ v ────────────────────── matmul v p'
     *   ─ reshape [B, C, H, W] ─ conv2d
     * </pre>
     *
     * <p>Queries, keys and values stay channels first, so nothing is transposed but inside the
     * products.
     *
     * @param x {@code [batch, channels, height, width]}
     * @param shape of x
     * @param qkvWeights {@code [3 channels, channels, 1, 1]}: queries, keys, values
     * @param qkvBias {@code [3 channels]}
     * @param outWeights {@code [channels, channels, 1, 1]}
     * @param outBias {@code [channels]}
     * @param alpha factor of the scores before the softmax
     */
    public static SDVariable pixelAttention(
            SDVariable x,
            Shape shape,
            SDVariable qkvWeights,
            SDVariable qkvBias,
            SDVariable outWeights,
            SDVariable outBias,
            long heads,
            double alpha) {
        SameDiff sd = x.getSameDiff();
        SDVariable projected = pointwise(x, qkvWeights, qkvBias);
        long[] stacked = {
            shape.size(0), 3, heads, shape.size(1) / heads, shape.size(2) * shape.size(3)
        };
        // not split, which takes four times as long in M2.1
        SDVariable[] parts = sd.unstack(sd.reshape(projected, stacked), 1, 3);
        SDVariable scores = scaledMatMul(parts[0], parts[1], true, false, alpha);
        SDVariable weights = sd.nn().softmax(scores, 3);
        SDVariable mixture = scaledMatMul(parts[2], weights, false, true, 1);
        return pointwise(sd.reshape(mixture, shape.toArray()), outWeights, outBias);
    }

    /** A 1x1 convolution of {@code [batch, channels, height, width]}. */
    private static SDVariable pointwise(SDVariable x, SDVariable weights, SDVariable bias) {
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(1)
                        .kW(1)
                        .sH(1)
                        .sW(1)
                        .pH(0)
                        .pW(0)
                        .dH(1)
                        .dW(1)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(WeightsFormat.OIYX)
                        .build();
        return x.getSameDiff().cnn().conv2d(x, weights, bias, config);
    }
}
