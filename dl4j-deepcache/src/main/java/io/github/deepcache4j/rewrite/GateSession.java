// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.config.ExecutionResult;
import org.nd4j.autodiff.samediff.config.SDValue;
import org.nd4j.autodiff.samediff.internal.InferenceSession;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A SameDiff session that forgets the tensors of the call before.
 *
 * <p>The stock one (M2.1) keeps them, and its Merge takes whichever operand has a value: on a
 * cached call it would find the boundary of the last full call, in a buffer that was given to
 * others since. Forgetting also ends the growth of the list of freed arrays.
 */
final class GateSession extends InferenceSession {

    private GateSession(SameDiff sameDiff) {
        super(sameDiff);
    }

    /** Makes the calls that follow on this thread use such a session. */
    static void install(SameDiff sameDiff) {
        long thread = Thread.currentThread().getId();
        if (!(sameDiff.getSessions().get(thread) instanceof GateSession)) {
            sameDiff.getSessions().put(thread, new GateSession(sameDiff));
        }
    }

    @Override
    public ExecutionResult output(
            List<String> variables,
            Map<String, INDArray> placeholders,
            Map<String, SDValue> otherPlaceholders,
            MultiDataSet batch,
            Collection<String> requiredActivations,
            List<Listener> listeners,
            At at) {
        nodeValueOutputs.clear();
        freedArrays.clear();
        return super.output(
                variables,
                placeholders,
                otherPlaceholders,
                batch,
                requiredActivations,
                listeners,
                at);
    }
}
