// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.onnx.OnnxImporter;
import io.github.deepcache4j.importer.onnx.OnnxOp;
import io.github.deepcache4j.importer.onnx.OnnxOpRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An ONNX operator that the importer does not have, in a few lines of SameDiff: Shrink pulls
 * numbers toward zero by {@code bias}, and those below {@code lambd} become zero.
 */
public final class OwnOperator {

    private OwnOperator() {}

    /**
     * Imports and runs.
     *
     * @param arguments a model with the operator Shrink from x to y; may be left out
     */
    public static void main(String[] arguments) {
        Path model =
                Path.of(
                        arguments.length > 0
                                ? arguments[0]
                                : "model-import/src/test/resources/documentation/shrink.onnx");
        OnnxOp shrink =
                node -> {
                    node.requireFloating(0);
                    double lambda = node.real("lambd", 0.5);
                    double bias = node.real("bias", 0);
                    SDVariable x = node.in(0);
                    SDVariable above = x.gt(node.scalar(node.type(0), lambda)).castTo(node.type(0));
                    SDVariable below =
                            x.lt(node.scalar(node.type(0), -lambda)).castTo(node.type(0));
                    return List.of(above.mul(x.sub(bias)).add(below.mul(x.add(bias))));
                };
        OnnxOpRegistry registry = OnnxOpRegistry.standard().with("Shrink", shrink);
        ImportedGraph graph = new OnnxImporter(registry).read(model, ImportOptions.none());

        INDArray x = Nd4j.createFromArray(-2f, -1f, 0f, 1f, 2f);
        System.out.println(graph.sameDiff().output(Map.of("x", x), "y").get("y"));
    }
}
