// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One node of an ONNX graph.
 *
 * @param name node name; the name of its first output if the file gives none
 * @param domain empty for the ONNX standard operators
 * @param op operator name, such as {@code Conv}
 * @param inputs tensor names; an empty name is an optional input left out
 * @param outputs tensor names; an empty name is an optional output left out
 * @param attributes values by name: Long, Double, String, INDArray, GraphProto, or a List of Long,
 *     Double or String
 * @param reads tensors that it needs: inputs, and what graphs in its attributes take from outside
 */
public record OnnxNode(
        String name,
        String domain,
        String op,
        List<String> inputs,
        List<String> outputs,
        Map<String, Object> attributes,
        Set<String> reads) {

    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        reads = Collections.unmodifiableSet(new LinkedHashSet<>(reads));
    }

    /** A node without graphs in its attributes. */
    public OnnxNode(
            String name,
            String domain,
            String op,
            List<String> inputs,
            List<String> outputs,
            Map<String, Object> attributes) {
        this(name, domain, op, inputs, outputs, attributes, present(inputs));
    }

    private static Set<String> present(List<String> inputs) {
        Set<String> present = new LinkedHashSet<>(inputs);
        present.remove("");
        return present;
    }

    /** Name under which {@link OnnxOpRegistry} knows the operator. */
    public String qualifiedOp() {
        return domain.isEmpty() ? op : domain + ":" + op;
    }

    /** The one output. */
    public String output() {
        return outputs.get(0);
    }
}
