// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.unet;

import io.github.deepcache4j.graph.GraphCopy;
import io.github.deepcache4j.graph.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Finds where a prediction stops being finite.
 *
 * <p>One run on a copy of the graph: a listener looks at every tensor as it is computed, so no more
 * memory is needed than for a prediction. For diagnosis; it reads every element of every tensor.
 */
public final class NonFiniteSearch {

    private NonFiniteSearch() {}

    /**
     * The first tensor that holds a NaN or an infinity: an input, a weight, or a computed one,
     * whichever comes first in topological order.
     *
     * @param sample of the sample port's shape
     * @param step as it was when the prediction was not finite
     * @return name of the tensor in the graph; empty if all are finite
     */
    public static Optional<String> find(UNet unet, INDArray sample, Step step) {
        Map<String, INDArray> inputs = unet.bind(sample, step);
        Set<String> suspects = new HashSet<>();
        inputs.forEach((name, array) -> note(suspects, name, array));
        String output = unet.ports().output().name();
        SameDiff copy = GraphCopy.of(unet.sameDiff(), List.of(output));
        unet.graph().values().stream()
                .filter(Value::isConstant)
                .map(Value::name)
                .forEach(name -> note(suspects, name, copy.getVariable(name).getArr()));
        inputs.keySet().retainAll(copy.inputs());
        copy.output(inputs, List.of(new Watcher(suspects)), output);
        // The view's values are in topological order, each constant right before its first use.
        return unet.graph().values().stream()
                .map(Value::name)
                .filter(suspects::contains)
                .findFirst();
    }

    private static void note(Set<String> suspects, String name, INDArray array) {
        if (array.dataType().isFPType() && !isFinite(array)) {
            suspects.add(name);
        }
    }

    private static boolean isFinite(INDArray array) {
        // The sum is not finite if an element is not; it may overflow too, so then look closely.
        if (Double.isFinite(array.sumNumber().doubleValue())) {
            return true;
        }
        for (double element : array.dup('c').data().asDouble()) {
            if (!Double.isFinite(element)) {
                return false;
            }
        }
        return true;
    }

    private static final class Watcher extends BaseListener {

        private final Set<String> suspects;

        Watcher(Set<String> suspects) {
            this.suspects = suspects;
        }

        @Override
        public boolean isActive(Operation operation) {
            return true;
        }

        @Override
        public void activationAvailable(
                SameDiff sd,
                At at,
                MultiDataSet batch,
                SameDiffOp op,
                String name,
                INDArray array) {
            if (array != null) {
                note(suspects, name, array);
            }
        }
    }
}
