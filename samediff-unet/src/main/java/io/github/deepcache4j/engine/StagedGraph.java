// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph that can leave out its deep region, at one of its cuts. Full step: prefix, deep, suffix;
 * cached step: prefix and suffix, on the same code, weights and buffers.
 *
 * <p>A step may stop after the prefix, to decide by the skip tensor how it goes on: {@link
 * #runPrefix}, then {@link #finishFull} or {@link #finishCached}.
 *
 * <p>One thread at a time.
 */
public interface StagedGraph extends AutoCloseable {

    /**
     * Runs everything and fills the features.
     *
     * @param inputs by name, each of the declared type and the compiled shape; not changed
     * @param features one for each cut
     * @return the output, valid until the next run or close: copy what is to be kept
     * @throws IllegalArgumentException if an input is missing or of another shape or type; the
     *     message names all
     */
    INDArray runFull(Map<String, INDArray> inputs, List<Feature> features);

    /** The same for a graph with one cut. */
    default INDArray runFull(Map<String, INDArray> inputs, Feature feature) {
        return runFull(inputs, List.of(feature));
    }

    /**
     * Runs what does not need the deep region of a cut, on features that full steps filled.
     *
     * @param cut index of the cut
     * @param blend what the boundary is taken to be
     * @return the output, valid until the next run or close: copy what is to be kept
     * @throws IllegalArgumentException if an input is missing or of another shape or type, or a
     *     feature is empty
     */
    INDArray runCached(Map<String, INDArray> inputs, int cut, Blend blend);

    /** The same at the first cut, on the feature as it is. */
    default INDArray runCached(Map<String, INDArray> inputs, Feature feature) {
        return runCached(inputs, 0, Blend.of(feature));
    }

    /**
     * Runs what a cached step at this cut runs before it needs the boundary.
     *
     * @param cut must have a skip
     * @return the skip tensor, valid until the step is finished
     * @throws IllegalArgumentException if an input is missing or of another shape or type, or the
     *     cut names no skip
     */
    INDArray runPrefix(Map<String, INDArray> inputs, int cut);

    /**
     * Runs the rest of a full step after {@link #runPrefix}.
     *
     * @return as {@link #runFull}
     * @throws IllegalStateException if no prefix was run
     */
    INDArray finishFull(List<Feature> features);

    /**
     * Runs the rest of a cached step after {@link #runPrefix}, at the same cut.
     *
     * @return as {@link #runCached}
     * @throws IllegalStateException if no prefix was run
     */
    INDArray finishCached(Blend blend);

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
