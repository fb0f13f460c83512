// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The parameters in a file of PyTorch's torchscript exporter, by their names in PyTorch.
 *
 * <p>Most initialisers have them. Those that the exporter changed ({@code onnx::MatMul_123}: the
 * transposed weights of a linear layer, and scale and shift of a group norm with two more axes) are
 * named by the module of the node that reads them ({@code
 * /unet/mid_block/attentions.0/to_q/MatMul}).
 */
final class ExportedWeights {

    private ExportedWeights() {}

    static Map<String, INDArray> read(Path file) {
        OnnxModel model = OnnxFile.read(file);
        Map<String, INDArray> weights = new LinkedHashMap<>();
        model.initializers()
                .forEach(
                        (name, array) -> {
                            if (name.startsWith("unet.")) {
                                weights.put(name.substring("unet.".length()), array);
                            }
                        });
        for (OnnxNode node : model.nodes()) {
            for (String input : node.inputs()) {
                INDArray array = model.initializers().get(input);
                if (array == null || !input.startsWith("onnx::")) {
                    continue;
                }
                String path = node.name().substring("/unet/".length());
                String module = path.substring(0, path.lastIndexOf('/')).replace('/', '.');
                switch (node.op()) {
                    case "MatMul" -> weights.put(module + ".weight", array.transpose().dup('c'));
                    case "Mul" -> weights.put(module + ".weight", array.reshape(array.length()));
                    case "Add" -> weights.put(module + ".bias", array.reshape(array.length()));
                    default -> throw new IllegalStateException(node.name() + " reads " + input);
                }
            }
        }
        return weights;
    }
}
