// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A layer of a network, as its file defines it.
 *
 * @param name unique in its network
 * @param className such as {@code Conv2D}
 * @param key by which {@link KerasLayers} knows it: {@code Conv2D}, {@code keras.ops>Reshape},
 *     {@code package>Class}
 * @param config its attributes
 * @param inputShape of its first input, batch included, where the file tells; null elements are
 *     open
 * @param calls the inbound nodes, one for each call
 * @param network the network that it is, if it is one
 */
record LayerDefinition(
        String name,
        String className,
        String key,
        JsonNode config,
        Optional<JsonNode> inputShape,
        List<JsonNode> calls,
        Optional<NetworkConfig> network) {

    LayerDefinition {
        calls = List.copyOf(calls);
    }

    boolean isInput() {
        return key.equals("InputLayer");
    }

    /** Whether it is a function of {@code keras.ops}, not a layer. */
    boolean isOperation() {
        return key.startsWith(KerasLayers.OPERATIONS);
    }
}
