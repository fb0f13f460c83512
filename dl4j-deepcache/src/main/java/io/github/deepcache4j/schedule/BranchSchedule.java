// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What every step is: full, or cached at a branch, which may differ from step to step. Decides on
 * the step index, as {@link CacheSchedule} does.
 */
@FunctionalInterface
public interface BranchSchedule {

    /** Instead of a branch: the step runs in full. */
    int FULL = -1;

    /** The branch at which the step is cached, or {@link #FULL}. */
    int branch(int step);

    /** Steps that are not full are cached at one branch. */
    static BranchSchedule of(CacheSchedule full, int branch) {
        return step -> full.full(step) ? FULL : branch;
    }

    /** The full steps among the first {@code totalSteps}, ascending. */
    default List<Integer> fullSteps(int totalSteps) {
        return IntStream.range(0, totalSteps).filter(i -> branch(i) == FULL).boxed().toList();
    }

    /** Branches at which any of the first {@code totalSteps} is cached, the outermost first. */
    default List<Integer> branches(int totalSteps) {
        TreeSet<Integer> branches = new TreeSet<>();
        IntStream.range(0, totalSteps).map(this::branch).forEach(branches::add);
        branches.remove(FULL);
        return List.copyOf(branches);
    }
}
