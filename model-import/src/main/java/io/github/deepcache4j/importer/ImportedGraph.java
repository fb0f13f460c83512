// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * A model of any kind in SameDiff, for fixed input sizes.
 *
 * @param inputs in the file's order
 * @param outputs in the file's order
 */
public record ImportedGraph(
        SameDiff sameDiff, List<Port> inputs, List<Port> outputs, Provenance provenance) {

    public ImportedGraph {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public Map<String, io.github.deepcache4j.graph.Shape> inputShapes() {
        return inputs.stream().collect(Collectors.toMap(Port::name, Port::shape));
    }
}
