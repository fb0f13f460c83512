// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;

/** One change to a graph. It decides nothing, and returns a new graph on the same weights. */
interface GraphPass {

    /**
     * Why the pass cannot be applied.
     *
     * @return whole sentences, all of them; empty if it can
     */
    List<String> requires(SameDiff graph);

    /** The changed graph. The given one stays as it is. */
    SameDiff apply(SameDiff graph);

    /**
     * Where the result breaks the pass's promise: a fault in the pass, never in the model.
     *
     * @return empty if all is well
     */
    List<String> ensures(SameDiff result);

    /**
     * Checks, applies, checks again.
     *
     * @throws IllegalArgumentException with all reasons if the pass does not apply
     */
    default SameDiff run(SameDiff graph) {
        List<String> reasons = requires(graph);
        if (!reasons.isEmpty()) {
            throw new IllegalArgumentException("cannot rewrite: " + String.join("; ", reasons));
        }
        SameDiff result = apply(graph);
        List<String> breaches = ensures(result);
        if (!breaches.isEmpty()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " went wrong: " + String.join("; ", breaches));
        }
        return result;
    }
}
