// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small DL4J networks with random parameters. */
final class Networks {

    private Networks() {}

    static GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .activation(Activation.IDENTITY)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .graphBuilder();
    }

    /** One layer behind another, the last one being the output. */
    static ComputationGraph sequence(
            InputType input, org.deeplearning4j.nn.conf.layers.Layer... layers) {
        GraphBuilder builder = graph().addInputs("in").setInputTypes(input);
        String before = "in";
        for (int i = 0; i < layers.length; i++) {
            builder.addLayer("layer" + i, layers[i], before);
            before = "layer" + i;
        }
        return init(builder.setOutputs(before));
    }

    /** The network with parameters that all differ; what must be positive is. */
    static ComputationGraph init(GraphBuilder builder) {
        ComputationGraph network = new ComputationGraph(builder.build());
        network.init();
        INDArray parameters = network.params();
        if (parameters != null && !parameters.isEmpty()) {
            Nd4j.getRandom().setSeed(7);
            network.setParams(Nd4j.randn(DataType.FLOAT, parameters.shape()).mul(0.4));
        }
        for (Layer layer : network.getLayers()) {
            INDArray variance = layer.paramTable() == null ? null : layer.paramTable().get("var");
            if (variance != null) {
                layer.setParam("var", Nd4j.rand(DataType.FLOAT, variance.shape()).add(0.5));
            }
        }
        return network;
    }
}
