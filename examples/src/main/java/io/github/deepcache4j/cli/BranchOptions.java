// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.plan.CachePlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the network is cut. */
final class BranchOptions {

    @Option(
            names = "--branch",
            paramLabel = "B",
            description = "Branch to cut at, 0 (default) is the outermost.")
    private @Nullable Integer branch;

    @Option(
            names = "--max-share",
            paramLabel = "X",
            description = "The deepest branch whose cached step costs at most this share.")
    private @Nullable Double maxShare;

    boolean isGiven() {
        return branch != null || maxShare != null;
    }

    CachePlan plan(AnatomyResult anatomy) {
        return Branches.plan(anatomy, branch, maxShare);
    }
}
