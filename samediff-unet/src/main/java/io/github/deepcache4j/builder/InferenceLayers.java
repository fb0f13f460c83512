// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Parameter.Initial;
import io.github.deepcache4j.graph.Composites;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Layers for sampling: parameters are constants, composites have the forms that engines recognise.
 * Weights of linear layers are stored transposed, as importers store them; all other constants are
 * the given arrays themselves.
 */
final class InferenceLayers extends Layers {

    private final Weights weights;

    InferenceLayers(SameDiff sameDiff, Weights weights) {
        super(sameDiff, DataType.FLOAT);
        this.weights = weights;
    }

    @Override
    SDVariable variable(Parameter parameter) {
        return sameDiff().constant(parameter.name(), weights.of(parameter));
    }

    @Override
    SDVariable kernel(Parameter parameter) {
        return variable(parameter);
    }

    @Override
    WeightsFormat weightsFormat() {
        return WeightsFormat.OIYX;
    }

    @Override
    Tensor linear(Tensor x, String name, long outer, boolean bias) {
        long inner = x.size(-1);
        Parameter weight = declare(name + ".weight", Initial.UNIFORM, inner, outer, inner);
        SDVariable matrix =
                derived(
                        weight.name(),
                        List.of(weight),
                        arrays -> arrays.get(0).transpose().dup('c'),
                        inner,
                        outer);
        SDVariable result =
                x.shape().rank() == 2
                        ? sameDiff().mmul(x.variable(), matrix)
                        : Composites.linear(x.variable(), x.shape(), matrix);
        if (bias) {
            result = result.add(variable(declare(name + ".bias", Initial.UNIFORM, inner, outer)));
        }
        long[] shape = x.shape().toArray();
        shape[shape.length - 1] = outer;
        return new Tensor(result, shape);
    }

    private SDVariable derived(
            String name,
            List<Parameter> sources,
            Function<List<INDArray>, INDArray> work,
            long... shape) {
        return sameDiff().constant(name, weights.derive(sources, work, shape));
    }

    @Override
    Tensor groupNorm(Tensor x, String name, long groups, double epsilon) {
        SDVariable scale = scale(name, x.size(1));
        SDVariable shift = shift(name, x.size(1));
        return new Tensor(
                Composites.groupNorm(x.variable(), x.shape(), groups, scale, shift, epsilon),
                x.shape());
    }

    @Override
    Tensor layerNorm(Tensor x, String name, double epsilon) {
        SDVariable scale = scale(name, x.size(-1));
        SDVariable shift = shift(name, x.size(-1));
        return new Tensor(
                Composites.layerNorm(x.variable(), x.shape(), scale, shift, epsilon), x.shape());
    }

    @Override
    Tensor embedding(Tensor indices, String name, long rows, long width) {
        SDVariable table = variable(declare(name + ".weight", Initial.NORMAL, 1, rows, width));
        return new Tensor(sameDiff().gather(table, indices.variable(), 0), indices.size(0), width);
    }

    @Override
    SDVariable product(SDVariable a, SDVariable b, boolean transposeB, double alpha) {
        return Composites.scaledMatMul(a, b, false, transposeB, alpha);
    }

    @Override
    Tensor pixelAttention(Tensor x, String name, long heads) {
        long channels = x.size(1);
        List<Parameter> matrices = new ArrayList<>();
        List<Parameter> biases = new ArrayList<>();
        for (String part : PARTS) {
            matrices.add(matrix(name + "." + part, channels));
            biases.add(vector(name + "." + part, channels));
        }
        String out = name + ".to_out.0";
        Function<List<INDArray>, INDArray> stack =
                arrays -> Nd4j.concat(0, arrays.toArray(INDArray[]::new));
        SDVariable attention =
                Composites.pixelAttention(
                        x.variable(),
                        x.shape(),
                        derived(
                                name + ".to_qkv.weight",
                                matrices,
                                stack,
                                3 * channels,
                                channels,
                                1,
                                1),
                        derived(name + ".to_qkv.bias", biases, stack, 3 * channels),
                        derived(
                                out + ".weight",
                                List.of(matrix(out, channels)),
                                arrays -> arrays.get(0),
                                channels,
                                channels,
                                1,
                                1),
                        variable(vector(out, channels)),
                        heads,
                        1 / Math.sqrt((double) channels / heads));
        return new Tensor(attention, x.shape());
    }
}
