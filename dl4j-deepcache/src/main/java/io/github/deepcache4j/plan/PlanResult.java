// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.plan;

import java.util.List;

/** The answer to "where can this model be cut": a plan, or the reasons why there is none. */
public sealed interface PlanResult {

    /**
     * The plan.
     *
     * @throws IllegalArgumentException with the reasons, if there is none
     */
    default CachePlan orThrow() {
        if (this instanceof Planned planned) {
            return planned.plan();
        }
        throw new IllegalArgumentException(String.join(" ", ((Refused) this).reasons()));
    }

    record Planned(CachePlan plan) implements PlanResult {}

    /**
     * @param reasons whole sentences for a person, at least one
     */
    record Refused(List<String> reasons) implements PlanResult {

        public Refused {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("a refusal needs a reason");
            }
        }
    }
}
