// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;

/** Reads the part of a SameDiff graph that computes some outputs. */
public final class GraphReader {

    private GraphReader() {}

    /** The dataflow graph of the outputs. */
    public static DataflowGraph read(
            SameDiff sameDiff, List<String> outputs, Map<String, Shape> inputShapes) {
        throw new UnsupportedOperationException("in work");
    }
}
