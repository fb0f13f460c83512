// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph that can leave out its deep region. Full step: prefix, deep, suffix; cached step: prefix
 * and suffix, on the same code, weights and buffers.
 *
 * <p>One thread at a time.
 */
public interface StagedGraph extends AutoCloseable {

    /**
     * Runs everything and fills the feature.
     *
     * @param inputs by name, each of the declared type and the compiled shape; not changed
     * @return the output, valid until the next run or close: copy what is to be kept
     * @throws IllegalArgumentException if an input is missing or of another shape or type; the
     *     message names all
     */
    INDArray runFull(Map<String, INDArray> inputs, Feature feature);

    /**
     * Runs what does not need the deep region, on a feature that a full step filled.
     *
     * @return the output, valid until the next run or close: copy what is to be kept
     * @throws IllegalArgumentException if an input is missing or of another shape or type, or the
     *     feature is empty
     */
    INDArray runCached(Map<String, INDArray> inputs, Feature feature);

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
