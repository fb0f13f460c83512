// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products with a matrix of weights, and tables that are looked up. */
final class DenseLayers {

    private DenseLayers() {}

    static Map<String, KerasLayerImporter> all() {
        return Map.of(
                "Dense", DenseLayers::dense,
                "EinsumDense", DenseLayers::einsum,
                "Embedding", DenseLayers::embedding);
    }

    /** On the last axis, whatever comes before. */
    private static List<KerasTensor> dense(LayerCall call) {
        call.config().ignore("units");
        call.config().requireUnset("lora_rank", "lora_alpha", "quantization_config");
        KerasTensor x = call.floating(call.input());
        if (x.rank() < 2) {
            throw call.refuse("an input of " + x.rank() + " axes is not supported");
        }
        KerasTensor kernel = call.constant("kernel", call.weight("kernel", 0));
        KerasTensor product = call.operator("MatMul", x.rank(), Map.of(), x, kernel);
        return List.of(Activations.apply(call, biased(call, product)));
    }

    private static KerasTensor biased(LayerCall call, KerasTensor x) {
        return call.config().flag("use_bias", true)
                ? call.elementwise("Add", x, call.constant("bias", call.weight("bias", 1)))
                : x;
    }

    private static List<KerasTensor> einsum(LayerCall call) {
        call.config().ignore("output_shape");
        call.config().requireUnset("lora_rank", "lora_alpha", "quantization_config");
        String equation = call.config().text("equation", "");
        KerasTensor x = call.floating(call.input());
        KerasTensor kernel = call.constant("kernel", call.weight("kernel", 0));
        KerasTensor product = Products.einsum(call, equation, List.of(x, kernel));
        KerasTensor result =
                call.config().has("bias_axes")
                        ? call.elementwise(
                                "Add", product, call.constant("bias", call.weight("bias", 1)))
                        : product;
        return List.of(Activations.apply(call, result));
    }

    private static List<KerasTensor> embedding(LayerCall call) {
        call.config().ignore("input_dim", "output_dim", "input_length");
        call.config().requireUnset("mask_zero", "lora_rank", "lora_alpha", "quantization_config");
        INDArray table = call.weight("embeddings", 0);
        KerasTensor indices = call.input();
        KerasTensor whole = indices.type().isFPType() ? call.cast(indices, DataType.INT) : indices;
        String result =
                call.graph()
                        .node(
                                call.path(),
                                "Gather",
                                List.of(
                                        call.graph().plain(call.constant("embeddings", table)),
                                        call.graph().plain(whole)),
                                Map.of("axis", 0L));
        return List.of(KerasTensor.plain(result, indices.rank() + 1, DataType.FLOAT));
    }
}
