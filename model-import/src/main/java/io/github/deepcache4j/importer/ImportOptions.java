// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import io.github.deepcache4j.graph.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a file does not tell.
 *
 * @param shapes sizes of inputs whose sizes the file leaves open, by input name
 * @param ports names of inputs (and {@code output}) by role: {@code sample}, {@code timestep},
 *     {@code output}
 */
public record ImportOptions(Map<String, Shape> shapes, Map<String, String> ports) {

    public ImportOptions {
        shapes = Map.copyOf(shapes);
        ports = Map.copyOf(ports);
    }

    /** Everything as the file says, batch 1. */
    public static ImportOptions none() {
        return new ImportOptions(Map.of(), Map.of());
    }

    public ImportOptions withShape(String input, long... sizes) {
        Map<String, Shape> more = new LinkedHashMap<>(shapes);
        more.put(input, Shape.of(sizes));
        return new ImportOptions(more, ports);
    }

    public ImportOptions withPort(String role, String name) {
        Map<String, String> more = new LinkedHashMap<>(ports);
        more.put(role, name);
        return new ImportOptions(shapes, more);
    }
}
