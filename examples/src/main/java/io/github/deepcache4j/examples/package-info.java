// SPDX-License-Identifier: Apache-2.0
/**
 * Short programs, one for each way into the library: a file or a network of one's own becomes a
 * {@link io.github.deepcache4j.unet.UNet}, a {@link io.github.deepcache4j.plan.CachePlan} says
 * where it is cut, and a {@link io.github.deepcache4j.session.DeepCacheSession} or a gated graph
 * runs it. Start with {@link io.github.deepcache4j.examples.SampleFromOnnx}.
 *
 * <p>Run from the root of the project, after {@code examples/deepcache doctor} has built it:
 *
 * <pre>
 * java -cp "examples/target/classes:$(cat examples/target/classpath.txt)" \
 *     io.github.deepcache4j.examples.SampleFromOnnx
 * </pre>
 */
package io.github.deepcache4j.examples;
