// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Parameter.Initial;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.reduce.Moments;

/**
 * Layers for training: parameters are variables, and only operations are used whose gradients are
 * right in ND4J M2.1.
 *
 * <ul>
 *   <li>{@code batchnorm} cannot be differentiated, SameDiff forgets its axis on the way: norms are
 *       spelled out.
 *   <li>{@code conv2d} forgets that its weights are stored as PyTorch stores them: they are put
 *       into ND4J's own order.
 *   <li>{@code tensormmul} hands its operands to its gradient in shapes that do not fit: linear
 *       layers are products of matrices.
 *   <li>{@code matmul} forgets its factor when it is differentiated: the factor is applied to an
 *       operand.
 *   <li>{@code gather} has a wrong gradient: a one-hot matrix is multiplied.
 * </ul>
 */
final class TrainableLayers extends Layers {

    private final Weights weights;

    TrainableLayers(SameDiff sameDiff, Weights weights, DataType type) {
        super(sameDiff, type);
        this.weights = weights;
    }

    @Override
    SDVariable variable(Parameter parameter) {
        // a copy: training changes it
        return sameDiff().var(parameter.name(), weights.of(parameter).castTo(type()).dup('c'));
    }

    /** {@code [outer, inner, y, x]} as {@code [y, x, inner, outer]}. */
    @Override
    SDVariable kernel(Parameter parameter) {
        return sameDiff().permute(variable(parameter), 2, 3, 1, 0);
    }

    @Override
    WeightsFormat weightsFormat() {
        return WeightsFormat.YXIO;
    }

    @Override
    Tensor linear(Tensor x, String name, long outer, boolean bias) {
        long inner = x.size(-1);
        SDVariable matrix =
                variable(declare(name + ".weight", Initial.UNIFORM, inner, outer, inner));
        boolean rows = x.shape().rank() == 2;
        SDVariable flat =
                rows
                        ? x.variable()
                        : sameDiff().reshape(x.variable(), x.shape().elements() / inner, inner);
        SDVariable result = sameDiff().mmul(flat, matrix, false, true, false);
        if (bias) {
            result = result.add(variable(declare(name + ".bias", Initial.UNIFORM, inner, outer)));
        }
        long[] shape = x.shape().toArray();
        shape[shape.length - 1] = outer;
        return new Tensor(rows ? result : sameDiff().reshape(result, shape), shape);
    }

    /**
     * Group norm as one factor and one offset for each channel of each image. Moments are taken for
     * each channel and joined for the groups, so that nothing of the image's size is reshaped.
     */
    @Override
    Tensor groupNorm(Tensor x, String name, long groups, double epsilon) {
        long batch = x.size(0);
        long channels = x.size(1);
        SDVariable[] moments =
                new Moments(sameDiff(), x.variable(), new int[] {2, 3}, false).outputVariables();
        long[] grouped = {batch, groups, channels / groups};
        SDVariable means = sameDiff().reshape(moments[0], grouped);
        SDVariable mean = means.mean(true, 2);
        // variance of a group: mean of the channels' variances and of their means' distances
        SDVariable distances = sameDiff().math().square(means.sub(mean));
        SDVariable variance = sameDiff().reshape(moments[1], grouped).add(distances).mean(true, 2);
        SDVariable scale = sameDiff().reshape(scale(name, channels), 1, groups, channels / groups);
        SDVariable shift = sameDiff().reshape(shift(name, channels), 1, groups, channels / groups);
        SDVariable factor = scale.mul(inverseDeviation(variance, epsilon));
        SDVariable offset = shift.sub(mean.mul(factor));
        SDVariable result =
                x.variable()
                        .mul(sameDiff().reshape(factor, batch, channels, 1, 1))
                        .add(sameDiff().reshape(offset, batch, channels, 1, 1));
        return new Tensor(result, x.shape());
    }

    private SDVariable inverseDeviation(SDVariable variance, double epsilon) {
        return sameDiff().math().rsqrt(variance.add(epsilon));
    }

    @Override
    Tensor layerNorm(Tensor x, String name, double epsilon) {
        int last = x.shape().rank() - 1;
        SDVariable centred = x.variable().sub(x.variable().mean(true, last));
        SDVariable variance = sameDiff().math().square(centred).mean(true, last);
        SDVariable scale = scale(name, x.size(last));
        SDVariable shift = shift(name, x.size(last));
        SDVariable result = centred.mul(inverseDeviation(variance, epsilon)).mul(scale).add(shift);
        return new Tensor(result, x.shape());
    }

    @Override
    Tensor embedding(Tensor indices, String name, long rows, long width) {
        SDVariable table = variable(declare(name + ".weight", Initial.NORMAL, 1, rows, width));
        SDVariable choice =
                sameDiff().oneHot(indices.variable(), Math.toIntExact(rows), 1, 1, 0, type());
        return new Tensor(sameDiff().mmul(choice, table), indices.size(0), width);
    }

    @Override
    SDVariable product(SDVariable a, SDVariable b, boolean transposeB, double alpha) {
        return sameDiff().mmul(alpha == 1 ? a : a.mul(alpha), b, false, transposeB, false);
    }

    /** Linear layers on {@code [batch, pixels, channels]}, as in a transformer. */
    @Override
    Tensor pixelAttention(Tensor x, String name, long heads) {
        long channels = x.size(1);
        long pixels = x.size(2) * x.size(3);
        Tensor rows = permute(reshape(x, x.size(0), channels, pixels), 0, 2, 1);
        List<Tensor> parts =
                PARTS.stream()
                        .map(part -> linear(rows, name + "." + part, channels, true))
                        .toList();
        Tensor mixture = attention(parts.get(0), parts.get(1), parts.get(2), heads);
        Tensor result = linear(mixture, name + ".to_out.0", channels, true);
        return reshape(permute(result, 0, 2, 1), x.shape().toArray());
    }
}
