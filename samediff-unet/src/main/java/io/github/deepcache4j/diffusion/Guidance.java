// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Classifier-free guidance (Ho and Salimans 2022) around a network: each prediction is u + g (c -
 * u), where u is the network's answer without the condition, or with a negative one, c with it, and
 * g the guidance scale as diffusers counts it (1: no guidance). {@link GuidanceScale} has the
 * refinements.
 *
 * <p>Conditions of a step that guidance does not name go to both halves; one that it names is
 * replaced. A learned variance, a second half of channels, is not guided but that of c.
 */
public final class Guidance {

    private static final String UNCONDITIONAL = "uncond";
    private static final String CONDITIONAL = "cond";

    private Guidance() {}

    /** As the other one with a plain scale. */
    public static NoisePredictor batched(
            NoisePredictor network,
            double scale,
            Map<String, INDArray> unconditional,
            Map<String, INDArray> conditional) {
        return batched(network, GuidanceScale.of(scale), unconditional, conditional);
    }

    /**
     * One call of a network of twice the batch, [uncond; cond], as diffusers does. A cache sees one
     * call a step, with the same batch outside the guidance interval too.
     *
     * @param network takes batches of 2 n
     * @param unconditional inputs of the first half by name, each {@code [n, ...]}: empty or
     *     negative conditions
     * @param conditional inputs of the second half, of the same names and shapes
     * @return a network for batches of n
     * @throws IllegalArgumentException if the names differ
     */
    public static NoisePredictor batched(
            NoisePredictor network,
            GuidanceScale scale,
            Map<String, INDArray> unconditional,
            Map<String, INDArray> conditional) {
        checkNames(unconditional, conditional);
        Map<String, INDArray> pairs = new LinkedHashMap<>();
        conditional.forEach(
                (name, c) ->
                        pairs.put(
                                name,
                                twice(name, Objects.requireNonNull(unconditional.get(name)), c)));
        return (sample, step) -> {
            Map<String, INDArray> all = new LinkedHashMap<>(pairs);
            step.conditions()
                    .forEach((name, both) -> all.computeIfAbsent(name, n -> twice(n, both, both)));
            INDArray answer =
                    network.predict(Nd4j.concat(0, sample, sample), step.withConditions(all));
            long batch = sample.size(0);
            if (answer.size(0) != 2 * batch) {
                throw new IllegalStateException(
                        "batched guidance asked for "
                                + 2 * batch
                                + " predictions and got "
                                + answer.size(0));
            }
            INDArray c = answer.get(NDArrayIndex.interval(batch, 2 * batch));
            return scale.guides(step)
                    ? guided(answer.get(NDArrayIndex.interval(0, batch)), c, sample, scale)
                    : c.dup('c');
        };
    }

    /** As the other one with a plain scale. */
    public static NoisePredictor separate(
            NoisePredictor network,
            double scale,
            Map<String, INDArray> unconditional,
            Map<String, INDArray> conditional) {
        return separate(network, GuidanceScale.of(scale), unconditional, conditional);
    }

    /**
     * Two calls of the same network, with the cache keys "uncond" and "cond" (after the step's own
     * and a slash, if it has one) and the same {@code Step.index}. Outside the guidance interval
     * the first call is left out.
     *
     * @param network takes batches of n
     * @param unconditional inputs of the first call by name, each {@code [n, ...]}: empty or
     *     negative conditions
     * @param conditional inputs of the second call, of the same names
     * @return a network for batches of n
     * @throws IllegalArgumentException if the names differ
     */
    public static NoisePredictor separate(
            NoisePredictor network,
            GuidanceScale scale,
            Map<String, INDArray> unconditional,
            Map<String, INDArray> conditional) {
        checkNames(unconditional, conditional);
        Map<String, INDArray> without = Map.copyOf(unconditional);
        Map<String, INDArray> with = Map.copyOf(conditional);
        return (sample, step) -> {
            if (!scale.guides(step)) {
                return network.predict(sample, half(step, CONDITIONAL, with));
            }
            // the answer is ours to keep, so the second call cannot overwrite the first
            INDArray u = network.predict(sample, half(step, UNCONDITIONAL, without));
            INDArray c = network.predict(sample, half(step, CONDITIONAL, with));
            return guided(u, c, sample, scale);
        };
    }

    /**
     * As the other one, but at some steps the call without the condition is left out and its
     * difference to the other frozen: u = c + (u - c) of the last step that made both. A run's
     * first step makes both, and so does a step with another batch.
     *
     * <p>The result remembers that difference: it is for one run after another, on one thread.
     *
     * @param frozen whether the call is left out at a step, by {@code Step.index}
     * @param leftOut is told of every call left out
     */
    public static NoisePredictor separate(
            NoisePredictor network,
            GuidanceScale scale,
            Map<String, INDArray> unconditional,
            Map<String, INDArray> conditional,
            IntPredicate frozen,
            Consumer<Step> leftOut) {
        checkNames(unconditional, conditional);
        return new FrozenGuidance(
                network,
                scale,
                Map.copyOf(unconditional),
                Map.copyOf(conditional),
                frozen,
                leftOut);
    }

    static Step unconditional(Step step, Map<String, INDArray> conditions) {
        return half(step, UNCONDITIONAL, conditions);
    }

    static Step conditional(Step step, Map<String, INDArray> conditions) {
        return half(step, CONDITIONAL, conditions);
    }

    private static Step half(Step step, String key, Map<String, INDArray> conditions) {
        String cacheKey =
                step.cacheKey().equals(Step.ONLY_CALL) ? key : step.cacheKey() + "/" + key;
        return step.withCacheKey(cacheKey).withConditions(conditions);
    }

    static INDArray guided(INDArray u, INDArray c, INDArray sample, GuidanceScale scale) {
        long channels = sample.size(1);
        if (sample.rank() != 4 || c.size(1) != 2 * channels) {
            return scale.mixed(u, c);
        }
        INDArray guided = scale.mixed(channels(u, 0, channels), channels(c, 0, channels));
        return Nd4j.concat(1, guided, channels(c, channels, 2 * channels));
    }

    private static INDArray channels(INDArray answer, long from, long to) {
        return answer.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }

    private static INDArray twice(String name, INDArray first, INDArray second) {
        if (first.rank() == 0 || second.rank() == 0) {
            throw new IllegalArgumentException(
                    "condition " + name + " is a scalar; batched guidance needs [batch, ...]");
        }
        return Nd4j.concat(0, first, second);
    }

    private static void checkNames(
            Map<String, INDArray> unconditional, Map<String, INDArray> conditional) {
        if (!unconditional.keySet().equals(conditional.keySet())) {
            throw new IllegalArgumentException(
                    "guidance needs the same conditions for both halves: without condition "
                            + new TreeSet<>(unconditional.keySet())
                            + ", with condition "
                            + new TreeSet<>(conditional.keySet()));
        }
    }
}
