// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.graph.GraphText;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachePlannerTest {

    /** Two levels of 1x1 convolutions, with a skip at each. */
    private static final AnatomyResult TWO_LEVELS =
            SkipFinder.find(
                    GraphText.parse(
                            """
                            input x FLOAT 1x1x8x8
                            const in_w FLOAT 4x1x1x1
                            const down_w FLOAT 4x4x1x1
                            const mid_w FLOAT 4x4x1x1
                            const low_w FLOAT 4x8x1x1
                            const up_w FLOAT 4x4x1x1
                            const out_w FLOAT 1x8x1x1
                            a FLOAT 1x4x8x8 = conv2d(x, in_w) [1,1,1,1,0,0,1,1,0,0,1]
                            b FLOAT 1x4x4x4 = conv2d(a, down_w) [1,1,2,2,0,0,1,1,0,0,1]
                            c FLOAT 1x4x4x4 = conv2d(b, mid_w) [1,1,1,1,0,0,1,1,0,0,1]
                            cb FLOAT 1x8x4x4 = concat(c, b) [1] @low_merge
                            d FLOAT 1x4x4x4 = conv2d(cb, low_w) [1,1,1,1,0,0,1,1,0,0,1]
                            e FLOAT 1x4x8x8 = upsampling2d(d) [2,2,1]
                            f FLOAT 1x4x8x8 = conv2d(e, up_w) [1,1,1,1,0,0,1,1,0,0,1]
                            fa FLOAT 1x8x8x8 = concat(f, a) [1] @top_merge
                            y FLOAT 1x1x8x8 = conv2d(fa, out_w) [1,1,1,1,0,0,1,1,0,0,1]
                            output y
                            """),
                    "x",
                    "y");

    // positions times weights: in 64*4, down, mid 16*16, low 16*32, up 64*16, out 64*8
    private static final long FULL = 256 + 256 + 256 + 512 + 1024 + 512;
    private static final CachePlan OUTER =
            new CachePlan(0, "top_merge", "a", "f", Shape.of(1, 4, 8, 8), "y", FULL, 256 + 512);
    private static final CachePlan INNER =
            new CachePlan(1, "low_merge", "b", "c", Shape.of(1, 4, 4, 4), "y", FULL, FULL - 256);

    @Test
    void branchNamesTheCut() {
        assertEquals(new PlanResult.Planned(OUTER), CachePlanner.atBranch(TWO_LEVELS, 0));
        assertEquals(new PlanResult.Planned(INNER), CachePlanner.atBranch(TWO_LEVELS, 1));
    }

    @Test
    void shareTakesTheDeepestBranchWithinIt() {
        assertEquals(new PlanResult.Planned(OUTER), CachePlanner.withinShare(TWO_LEVELS, 0.5));
        assertEquals(new PlanResult.Planned(INNER), CachePlanner.withinShare(TWO_LEVELS, 0.95));
        double exactly = OUTER.share();
        assertEquals(new PlanResult.Planned(OUTER), CachePlanner.withinShare(TWO_LEVELS, exactly));
    }

    @ParameterizedTest
    @CsvSource({"-1", "2"})
    void unknownBranchIsRefusedWithTheBranchesThatExist(int branch) {
        assertRefused(
                "There is no branch " + branch + "; this U-Net has 2 branches, 0 (outermost) to 1.",
                CachePlanner.atBranch(TWO_LEVELS, branch));
    }

    @Test
    void shareBelowTheCheapestBranchIsRefusedWithItsCost() {
        assertRefused(
                "No branch has a cached step of at most 10.0 % of a full step; the cheapest is"
                        + " branch 0 with 27.3 %.",
                CachePlanner.withinShare(TWO_LEVELS, 0.1));
    }

    @Test
    void modelThatIsNoUNetIsRefusedWithItsReasons() {
        AnatomyResult none = new AnatomyResult.NotAUNet(List.of("It is flat."));
        assertRefused("It is flat.", CachePlanner.atBranch(none, 0));
        assertRefused("It is flat.", CachePlanner.withinShare(none, 0.5));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "-0.5", "NaN"})
    void shareOutsideItsRangeIsAnError(double share) {
        assertThrows(
                IllegalArgumentException.class, () -> CachePlanner.withinShare(TWO_LEVELS, share));
    }

    private static void assertRefused(String reason, PlanResult result) {
        assertEquals(List.of(reason), assertInstanceOf(PlanResult.Refused.class, result).reasons());
    }
}
