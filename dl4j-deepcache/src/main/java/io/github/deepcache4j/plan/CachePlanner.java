// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.plan;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.AnatomyResult.NotAUNet;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Value;
import io.github.deepcache4j.plan.PlanResult.Planned;
import io.github.deepcache4j.plan.PlanResult.Refused;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Chooses where a U-Net is cut: at a branch, or at the deepest branch within a budget. */
public final class CachePlanner {

    private CachePlanner() {}

    /** The cut of a U-Net at a branch. */
    public static PlanResult atBranch(UNet unet, int branch) {
        return atBranch(SkipFinder.find(unet), branch);
    }

    /** The cut of a U-Net at the deepest branch within a budget. */
    public static PlanResult withinShare(UNet unet, double share) {
        return withinShare(SkipFinder.find(unet), share);
    }

    /**
     * The cut at a branch.
     *
     * @param branch 0-based, counted from the output ({@code cache_branch_id} of the original
     *     helper; the paper counts from 1)
     * @return refused if the model is not a U-Net or has no such branch
     */
    public static PlanResult atBranch(AnatomyResult result, int branch) {
        return plan(
                result,
                anatomy ->
                        anatomy.skip(branch)
                                .map(skip -> planned(anatomy, skip))
                                .orElseGet(() -> noBranch(anatomy, branch)));
    }

    /**
     * The cut at the deepest branch whose cached step costs at most a share of the
     * multiply-accumulates of a full one: the best quality within a budget. Branches in order cost
     * ever more.
     *
     * @param share of convolutions and linear layers, above 0 and below 1
     * @return refused if the model is not a U-Net or no branch is that cheap
     * @throws IllegalArgumentException if the share is outside its range
     */
    public static PlanResult withinShare(AnatomyResult result, double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "the share is "
                            + share
                            + "; a cached step costs more than 0 and less than 1 of a full one");
        }
        return plan(
                result,
                anatomy -> {
                    Optional<SkipConnection> deepest =
                            anatomy.skips().stream()
                                    .filter(skip -> anatomy.share(skip) <= share)
                                    .reduce((shallower, deeper) -> deeper);
                    return deepest.map(skip -> planned(anatomy, skip))
                            .orElseGet(() -> tooDear(anatomy, share));
                });
    }

    private static PlanResult plan(AnatomyResult result, Function<UNetAnatomy, PlanResult> choice) {
        if (result instanceof Found found) {
            return choice.apply(found.anatomy());
        }
        return new Refused(((NotAUNet) result).reasons());
    }

    private static PlanResult planned(UNetAnatomy anatomy, SkipConnection skip) {
        DataflowGraph graph = anatomy.graph();
        Value boundary = graph.value(skip.boundary());
        return new Planned(
                new CachePlan(
                        skip.branch(),
                        graph.node(skip.merge()).name(),
                        graph.value(skip.skip()).name(),
                        boundary.name(),
                        boundary.shape(),
                        graph.value(anatomy.output()).name(),
                        anatomy.fullMacs().weights(),
                        skip.cachedMacs().weights()));
    }

    private static PlanResult noBranch(UNetAnatomy anatomy, int branch) {
        int count = anatomy.skips().size();
        return new Refused(
                List.of(
                        "There is no branch "
                                + branch
                                + "; this U-Net has "
                                + (count == 1
                                        ? "the branch 0 only."
                                        : count
                                                + " branches, 0 (outermost) to "
                                                + (count - 1)
                                                + ".")));
    }

    private static PlanResult tooDear(UNetAnatomy anatomy, double share) {
        SkipConnection cheapest = anatomy.skips().get(0);
        return new Refused(
                List.of(
                        String.format(
                                Locale.ROOT,
                                "No branch has a cached step of at most %.1f %% of a full step; the"
                                        + " cheapest is branch 0 with %.1f %%.",
                                100 * share,
                                100 * anatomy.share(cheapest))));
    }
}
