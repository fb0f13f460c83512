/**
 * DL4J networks to {@link io.github.deepcache4j.importer.ModelSource}: a {@code ComputationGraph},
 * a {@code MultiLayerNetwork} or a {@code .zip} of one in, ONNX operators out, which {@link
 * io.github.deepcache4j.importer.onnx} turns into SameDiff.
 */
@NullMarked
package io.github.deepcache4j.importer.dl4j;

import org.jspecify.annotations.NullMarked;
