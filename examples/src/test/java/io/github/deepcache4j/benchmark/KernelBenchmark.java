// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.benchmark;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What diffusion U-Nets are made of, one kernel at a time, as the engines run it: a graph of one
 * operation on an image of ddpm-cifar10, with the copies of its input and output. How to run it:
 * docs/performance.md.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class KernelBenchmark {

    private static final Shape IMAGE = Shape.of(1, 128, 32, 32);
    private static final Shape SMALL = Shape.of(1, 256, 16, 16);

    @Param({"onednn", "nd4j"})
    public String engine;

    @Param({"F32", "BF16"})
    public Precision precision;

    @Param({
        "copy",
        "convolution3x3",
        "convolution1x1",
        "groupNorm",
        "groupNormSilu",
        "attention",
        "layerNorm",
        "silu",
        "gelu",
        "add"
    })
    public String kernel;

    private CompiledGraph graph;
    private Map<String, INDArray> inputs;

    @Setup(Level.Trial)
    public void compile() {
        Shape shape = kernel.equals("attention") ? SMALL : IMAGE;
        SameDiff sameDiff = SameDiff.create();
        SDVariable x = sameDiff.placeHolder("x", DataType.FLOAT, shape.toArray());
        build(x, shape).rename("y");
        inputs = Map.of("x", Nd4j.randn(DataType.FLOAT, shape.toArray()));
        graph =
                Engines.named(engine, precision)
                        .compile(sameDiff, List.of("y"), Map.of("x", shape), precision);
    }

    private SDVariable build(SDVariable x, Shape shape) {
        long channels = shape.size(1);
        SameDiff graph = x.getSameDiff();
        return switch (kernel) {
            case "copy" -> graph.permute(x, 0, 1, 2, 3);
            case "convolution3x3" -> convolution(x, channels, 3);
            case "convolution1x1" -> convolution(x, channels, 1);
            case "groupNorm" -> groupNorm(x, shape);
            case "groupNormSilu" -> Composites.silu(groupNorm(x, shape));
            case "attention" ->
                    Composites.pixelAttention(
                            x,
                            shape,
                            weight(graph, "qkv", 3 * channels, channels, 1, 1),
                            weight(graph, "qkvBias", 3 * channels),
                            weight(graph, "out", channels, channels, 1, 1),
                            weight(graph, "outBias", channels),
                            1,
                            1 / Math.sqrt(channels));
            case "layerNorm" -> {
                Shape rows = Shape.of(1, shape.size(2) * shape.size(3), channels);
                SDVariable tokens = graph.permute(x, 0, 2, 3, 1).reshape(rows.toArray());
                yield Composites.layerNorm(
                        tokens,
                        rows,
                        weight(graph, "gamma", channels),
                        weight(graph, "beta", channels),
                        1e-5);
            }
            case "silu" -> Composites.silu(x);
            case "gelu" -> Composites.gelu(x);
            case "add" -> x.add(x.mul(0.5));
            default -> throw new IllegalArgumentException(kernel);
        };
    }

    private static SDVariable groupNorm(SDVariable x, Shape shape) {
        SameDiff graph = x.getSameDiff();
        return Composites.groupNorm(
                x,
                shape,
                32,
                weight(graph, "gamma", shape.size(1)),
                weight(graph, "beta", shape.size(1)),
                1e-5);
    }

    private static SDVariable convolution(SDVariable x, long channels, int kernel) {
        SameDiff graph = x.getSameDiff();
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(kernel)
                        .kW(kernel)
                        .sH(1)
                        .sW(1)
                        .pH(kernel / 2)
                        .pW(kernel / 2)
                        .dH(1)
                        .dW(1)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(Conv2DConfig.NCHW)
                        .weightsFormat(WeightsFormat.OIYX)
                        .build();
        return graph.cnn()
                .conv2d(
                        x,
                        weight(graph, "w", channels, channels, kernel, kernel),
                        weight(graph, "b", channels),
                        config);
    }

    private static SDVariable weight(SameDiff graph, String name, long... sizes) {
        return graph.constant(name, Nd4j.randn(DataType.FLOAT, sizes).muli(0.05));
    }

    @Benchmark
    public Map<String, INDArray> run() {
        return graph.run(inputs);
    }

    @TearDown(Level.Trial)
    public void close() {
        graph.close();
    }
}
