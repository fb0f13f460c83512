// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.Provenance;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An ONNX graph with fixed or symbolic input sizes, its nodes in topological order.
 *
 * @param file name for messages
 * @param opset version of the standard operators
 * @param provenance who wrote the file, and its digest
 * @param inputs graph inputs that are not initialisers
 * @param outputs names of the graph outputs
 * @param initializers weights and other fixed arrays, by name; may be removed when nothing needs
 *     them any more
 * @param files where tensors inside branches are read from
 * @param nodes in topological order
 * @param refusals how an operator that cannot be imported is reported
 */
record OnnxModel(
        String file,
        long opset,
        Provenance provenance,
        List<Input> inputs,
        List<String> outputs,
        Map<String, INDArray> initializers,
        TensorFiles files,
        List<OnnxNode> nodes,
        Refusals refusals) {

    /**
     * A graph input.
     *
     * @param sizes declared sizes: a number, or the name of a symbolic size, or empty where nothing
     *     is declared
     */
    record Input(String name, DataType type, List<String> sizes) {}

    OnnxModel withNodes(List<OnnxNode> changed) {
        return new OnnxModel(
                file, opset, provenance, inputs, outputs, initializers, files, changed, refusals);
    }

    ImportException fault(String message) {
        return new ImportException(file + ": " + message);
    }
}
