// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph prepared for repeated runs of one shape.
 *
 * <p>One thread at a time; several instances may run side by side on shared weights.
 */
public interface CompiledGraph extends AutoCloseable {

    /**
     * Runs the graph once.
     *
     * @param inputs by name, each of the declared type and the compiled shape; not changed. Inputs
     *     that the outputs do not need are ignored.
     * @return the compiled outputs by name, valid until the next run or close: copy what is to be
     *     kept
     * @throws IllegalArgumentException if an input is missing or of another shape or type; the
     *     message names all
     */
    Map<String, INDArray> run(Map<String, INDArray> inputs);

    /**
     * What each operation of the graph became and its share of the time, for people to read. Runs
     * the graph a few times on whatever its buffers hold.
     */
    String explain();

    /**
     * Bytes that it holds beside the graph's own weights: buffers, working memory, and weights in
     * the engine's order of elements, which graphs of one engine share; 0 if it cannot tell.
     */
    default long bytes() {
        return 0;
    }

    @Override
    void close();
}
