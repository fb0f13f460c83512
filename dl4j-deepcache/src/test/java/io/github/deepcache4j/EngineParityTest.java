// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Value;
import io.github.deepcache4j.unet.UNet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Engines against stock SameDiff on nets of every exported architecture: the largest error over the
 * output's maximum is at most 2e-5 in f32; in bf16 the relative RMS error is at most 3 %.
 */
class EngineParityTest {

    @ParameterizedTest
    @CsvSource({
        "nd4j,F32,ddpm.ts14.onnx",
        "nd4j,F32,adm.ts17.onnx",
        "nd4j,F32,sdcontrol.ts17.onnx",
        "onednn,F32,ddpm.ts14.onnx",
        "onednn,F32,ddpm.dynamo21.onnx",
        "onednn,F32,adm.ts17.onnx",
        "onednn,F32,adm.dynamo18.onnx",
        "onednn,F32,sdcontrol.ts17.onnx",
        "onednn,F32,sd.dynamo18.onnx",
        "onednn,F32,sdxl.dynamo18.onnx",
        "onednn,BF16,ddpm.dynamo21.onnx",
        "onednn,BF16,sd.dynamo18.onnx"
    })
    void equalsSameDiff(String name, Precision precision, String file) {
        check(
                name,
                precision,
                file.equals("ddpm.ts14.onnx") ? Fixtures.unet(file, 1) : Fixtures.unet(file));
    }

    /** One image takes other code paths than two: strides of axes of size 1 mean nothing. */
    @ParameterizedTest
    @CsvSource({"nd4j,1", "onednn,1", "onednn,3"})
    void anyBatchSize(String name, long batch) {
        check(name, Precision.F32, Fixtures.sd(batch));
    }

    private static void check(String name, Precision precision, UNet unet) {
        Engine engine =
                Engines.all().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
        assumeTrue(
                engine.unavailable(precision).isEmpty(), engine.unavailable(precision).toString());
        List<String> output = List.of(unet.ports().output().name());
        try (CompiledGraph reference = compile(new SameDiffEngine(), unet, output, Precision.F32);
                CompiledGraph compiled = compile(engine, unet, output, precision)) {
            for (int run = 0; run < 2; run++) {
                Map<String, INDArray> inputs = inputs(unet, run);
                INDArray expected =
                        Objects.requireNonNull(reference.run(inputs).get(output.get(0)));
                INDArray error = expected.sub(compiled.run(inputs).get(output.get(0)));
                double relative =
                        precision == Precision.F32
                                ? error.amaxNumber().doubleValue()
                                        / expected.amaxNumber().doubleValue()
                                : error.norm2Number().doubleValue()
                                        / expected.norm2Number().doubleValue();
                assertTrue(
                        relative <= (precision == Precision.F32 ? 2e-5 : 0.03),
                        name + " run " + run + ": " + relative);
            }
        }
    }

    private static CompiledGraph compile(
            Engine engine, UNet unet, List<String> outputs, Precision precision) {
        return engine.compile(unet.sameDiff(), outputs, unet.ports().inputShapes(), precision);
    }

    private static Map<String, INDArray> inputs(UNet unet, long seed) {
        Nd4j.getRandom().setSeed(seed);
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Value input : unet.graph().inputs()) {
            long[] sizes = input.shape().toArray();
            inputs.put(
                    input.name(),
                    input.type().isFPType()
                            ? Nd4j.randn(DataType.DOUBLE, sizes).castTo(input.type())
                            : Nd4j.valueArrayOf(sizes, 3 + seed, input.type()));
        }
        return inputs;
    }
}
