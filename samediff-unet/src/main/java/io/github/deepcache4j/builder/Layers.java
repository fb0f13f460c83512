// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Parameter.Initial;
import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Pooling2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/**
 * The words that a network is described in: layers with PyTorch's names and meanings. What can be
 * written the same way for training and for sampling is written here; the rest, and what a
 * parameter is, differs in {@link TrainableLayers} and {@link InferenceLayers}.
 */
abstract class Layers {

    /** Where a convolution with stride adds its zeros. */
    enum Zeros {
        /** As many before as behind, so that stride 1 keeps the size. */
        AROUND,
        /** One behind each axis: diffusers' downsample_padding 0. */
        BEHIND
    }

    /** Names of an attention's linear layers. */
    static final List<String> PARTS = List.of("to_q", "to_k", "to_v");

    private final SameDiff sameDiff;
    private final DataType type;
    private final List<Parameter> parameters = new ArrayList<>();

    Layers(SameDiff sameDiff, DataType type) {
        this.sameDiff = sameDiff;
        this.type = type;
    }

    final SameDiff sameDiff() {
        return sameDiff;
    }

    final DataType type() {
        return type;
    }

    /** What the network was asked for so far, in order. */
    final List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** Declares a parameter; each name once. */
    final Parameter declare(String name, Initial initial, long fanIn, long... shape) {
        Parameter parameter = new Parameter(name, Shape.of(shape), initial, fanIn);
        parameters.add(parameter);
        return parameter;
    }

    /** A parameter as a variable of the graph. */
    abstract SDVariable variable(Parameter parameter);

    /** The weights of a convolution in {@link #weightsFormat}. */
    abstract SDVariable kernel(Parameter parameter);

    /** How ND4J finds a convolution's weights stored. */
    abstract WeightsFormat weightsFormat();

    /** Linear layer on the last axis; weights {@code [outer, inner]}. */
    abstract Tensor linear(Tensor x, String name, long outer, boolean bias);

    /** Group norm with a scale and a shift for each channel. */
    abstract Tensor groupNorm(Tensor x, String name, long groups, double epsilon);

    /** Layer norm over the last axis, with scale and shift. */
    abstract Tensor layerNorm(Tensor x, String name, double epsilon);

    /** Rows of a table, {@code [indices, width]}. */
    abstract Tensor embedding(Tensor indices, String name, long rows, long width);

    /** alpha a b, or alpha a b' where {@code transposeB}; batches of matrices. */
    abstract SDVariable product(SDVariable a, SDVariable b, boolean transposeB, double alpha);

    /** Self-attention between pixels of an image that is normalised already. */
    abstract Tensor pixelAttention(Tensor x, String name, long heads);

    /** Convolution with bias; weights {@code [outer, inner, kernel, kernel]}. */
    final Tensor convolution(Tensor x, String name, long outer, int kernel) {
        return convolution(x, name, outer, kernel, 1, Zeros.AROUND);
    }

    final Tensor convolution(
            Tensor x, String name, long outer, int kernel, int stride, Zeros zeros) {
        long inner = x.size(1);
        long fanIn = inner * kernel * kernel;
        SDVariable weight =
                kernel(
                        declare(
                                name + ".weight",
                                Initial.UNIFORM,
                                fanIn,
                                outer,
                                inner,
                                kernel,
                                kernel));
        SDVariable bias = variable(declare(name + ".bias", Initial.UNIFORM, fanIn, outer));
        int around = zeros == Zeros.AROUND ? kernel / 2 : 0;
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(kernel)
                        .kW(kernel)
                        .sH(stride)
                        .sW(stride)
                        .pH(around)
                        .pW(around)
                        .dH(1)
                        .dW(1)
                        // with an even size "same" adds its one zero behind
                        .paddingMode(zeros == Zeros.AROUND ? PaddingMode.VALID : PaddingMode.SAME)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(weightsFormat())
                        .build();
        return new Tensor(
                sameDiff.cnn().conv2d(x.variable(), weight, bias, config),
                x.size(0),
                outer,
                x.size(2) / stride,
                x.size(3) / stride);
    }

    /** Each pixel four times. */
    final Tensor upsample(Tensor x) {
        return new Tensor(
                sameDiff.cnn().upsampling2d(x.variable(), 2, 2, true),
                x.size(0),
                x.size(1),
                2 * x.size(2),
                2 * x.size(3));
    }

    /** Mean of four pixels. */
    final Tensor averagePool(Tensor x) {
        Pooling2DConfig config =
                Pooling2DConfig.builder()
                        .kH(2)
                        .kW(2)
                        .sH(2)
                        .sW(2)
                        .type(Pooling2D.Pooling2DType.AVG)
                        .isNHWC(false)
                        .build();
        return new Tensor(
                sameDiff.cnn().avgPooling2d(x.variable(), config),
                x.size(0),
                x.size(1),
                x.size(2) / 2,
                x.size(3) / 2);
    }

    final Tensor silu(Tensor x) {
        return new Tensor(Composites.silu(x.variable()), x.shape());
    }

    final Tensor gelu(Tensor x) {
        return new Tensor(Composites.gelu(x.variable()), x.shape());
    }

    /** Sum of equal shapes, or of an image and a number for each of its channels. */
    final Tensor add(Tensor a, Tensor b) {
        return new Tensor(a.variable().add(b.variable()), a.shape());
    }

    final Tensor multiply(Tensor a, Tensor b) {
        return new Tensor(a.variable().mul(b.variable()), a.shape());
    }

    final Tensor concat(int axis, Tensor... parts) {
        long[] shape = parts[0].shape().toArray();
        SDVariable[] variables = new SDVariable[parts.length];
        shape[axis] = 0;
        for (int i = 0; i < parts.length; i++) {
            shape[axis] += parts[i].size(axis);
            variables[i] = parts[i].variable();
        }
        return new Tensor(sameDiff.concat(axis, variables), shape);
    }

    /** Equal halves. */
    final Tensor[] halves(Tensor x, int axis) {
        long[] shape = x.shape().toArray();
        shape[axis] /= 2;
        SDVariable[] parts = sameDiff.split(x.variable(), 2, axis);
        return new Tensor[] {new Tensor(parts[0], shape), new Tensor(parts[1], shape)};
    }

    final Tensor reshape(Tensor x, long... shape) {
        return new Tensor(sameDiff.reshape(x.variable(), shape), shape);
    }

    final Tensor permute(Tensor x, int... axes) {
        long[] shape = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            shape[i] = x.size(axes[i]);
        }
        return new Tensor(sameDiff.permute(x.variable(), axes), shape);
    }

    /**
     * Multi-head attention (Vaswani et al. 2017, section 3.2) of {@code [batch, positions, width]}.
     */
    final Tensor attention(Tensor queries, Tensor keys, Tensor values, long heads) {
        long width = queries.size(2);
        Tensor q = heads(queries, heads);
        SDVariable k = heads(keys, heads).variable();
        SDVariable v = heads(values, heads).variable();
        double alpha = 1 / Math.sqrt((double) width / heads);
        SDVariable scores = product(q.variable(), k, true, alpha);
        SDVariable shares = sameDiff.nn().softmax(scores, 3);
        Tensor mixture = new Tensor(product(shares, v, false, 1), q.shape());
        return reshape(permute(mixture, 0, 2, 1, 3), queries.size(0), queries.size(1), width);
    }

    /** {@code [batch, heads, positions, width / heads]}. */
    private Tensor heads(Tensor x, long heads) {
        Tensor split = reshape(x, x.size(0), x.size(1), heads, x.size(2) / heads);
        return permute(split, 0, 2, 1, 3);
    }

    /** A square matrix. */
    final Parameter matrix(String name, long channels) {
        return declare(name + ".weight", Initial.UNIFORM, channels, channels, channels);
    }

    /** The bias of a linear layer from as many inputs. */
    final Parameter vector(String name, long channels) {
        return declare(name + ".bias", Initial.UNIFORM, channels, channels);
    }

    final SDVariable scale(String name, long channels) {
        return variable(declare(name + ".weight", Initial.ONE, 1, channels));
    }

    final SDVariable shift(String name, long channels) {
        return variable(declare(name + ".bias", Initial.ZERO, 1, channels));
    }
}
