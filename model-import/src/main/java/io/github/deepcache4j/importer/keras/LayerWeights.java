// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights of one layer in a file. */
interface LayerWeights {

    /** The layer's path; the same for all calls of a shared layer. */
    String layer();

    /**
     * A weight as FLOAT, row by row.
     *
     * @param name of the variable, by which {@code .h5} files know it
     * @param index its place among the layer's variables, by which {@code .keras} files know it
     */
    Optional<INDArray> find(String name, int index);

    /**
     * The weights of a layer inside this one.
     *
     * @param attribute the Python attribute that holds it, by which {@code .keras} files know it
     * @param name its name, by which {@code .h5} files know it
     */
    LayerWeights part(String attribute, String name);

    /** The weights of the layers of a network, which this layer is. */
    NetworkWeights network(NetworkConfig network);

    /** Finds the weights of a network's layers. */
    interface NetworkWeights {
        LayerWeights of(LayerDefinition layer);
    }
}
