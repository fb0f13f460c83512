// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.plan.PlanResult;
import org.jspecify.annotations.Nullable;

/** The choice of a branch by {@code --branch} or {@code --max-share}. */
final class Branches {

    private Branches() {}

    /**
     * The plan that the options mean; branch 0 without any.
     *
     * @throws UserError with the reasons, if there is none
     */
    static CachePlan plan(
            AnatomyResult anatomy, @Nullable Integer branch, @Nullable Double maxShare) {
        if (branch != null && maxShare != null) {
            throw new UserError("--branch and --max-share both choose a branch; give one of them");
        }
        PlanResult result;
        if (maxShare != null) {
            if (!(maxShare > 0 && maxShare < 1)) {
                throw new UserError(
                        "--max-share " + maxShare + " is not between 0 and 1, as 0.3 is");
            }
            result = CachePlanner.withinShare(anatomy, maxShare);
        } else {
            result = CachePlanner.atBranch(anatomy, branch == null ? 0 : branch);
        }
        if (result instanceof PlanResult.Planned planned) {
            return planned.plan();
        }
        throw new UserError(
                "cannot cache: " + String.join(" ", ((PlanResult.Refused) result).reasons()));
    }
}
