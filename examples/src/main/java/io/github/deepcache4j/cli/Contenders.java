// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.policy.Placement;
import io.github.deepcache4j.policy.Policy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a comparison compares: plain reuse at every branch and interval; beside each, what {@code
 * --policies} names without a place, such as {@code newton2}; after them, what it names with one,
 * such as {@code N5b2.newton2} or a file that {@code calibrate} wrote.
 */
final class Contenders {

    private final List<Integer> intervals;
    private final List<Integer> branches;

    /** Parts of a policy that go behind every {@code N..b..}. */
    private final List<String> everywhere = new ArrayList<>();

    private final List<Policy> placed = new ArrayList<>();
    private final List<PolicyChoice> files = new ArrayList<>();

    /**
     * Reads the policies.
     *
     * @throws UserError if one is not understood
     */
    Contenders(List<Integer> intervals, List<Integer> branches, List<String> policies) {
        this.intervals = intervals;
        this.branches = branches;
        for (String text : policies) {
            if (text.endsWith(".json")) {
                files.add(PolicyChoice.read(text, false));
            } else if (isPart(text)) {
                everywhere.add(text.strip());
            } else {
                placed.add(parsed(text));
            }
        }
    }

    private static boolean isPart(String text) {
        try {
            Policy.parse("N2b0." + text.strip());
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Policy parsed(String text) {
        try {
            return Policy.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UserError("--policies: " + e.getMessage(), e);
        }
    }

    /**
     * The runs of a model.
     *
     * @param notes is told, in one line each, what differs from the calibration of a file
     * @throws UserError if it has no such branch, or a file is not for this model or run
     */
    List<Contender> of(Pipeline pipeline, Consumer<String> notes) {
        AnatomyResult anatomy = pipeline.anatomy();
        List<Contender> contenders = new ArrayList<>();
        for (int branch : branches) {
            Branches.plan(anatomy, branch, null);
            for (int interval : intervals) {
                contenders.add(Contender.plain(interval, branch));
                for (String part : everywhere) {
                    Policy policy = Policy.parse("N" + interval + "b" + branch + "." + part);
                    contenders.add(Contender.of(part, policy));
                }
            }
        }
        for (Policy policy : placed) {
            branches(policy.placement(), pipeline.calls())
                    .forEach(branch -> Branches.plan(anatomy, branch, null));
            contenders.add(Contender.of(policy.tag(), policy));
        }
        for (PolicyChoice file : files) {
            String name = String.valueOf(Path.of(file.text()).getFileName());
            contenders.add(Contender.of(name, file.forRun(pipeline, notes)));
        }
        return contenders;
    }

    private static Set<Integer> branches(Placement placement, int calls) {
        return new TreeSet<>(
                placement instanceof Placement.Sought sought
                        ? List.of(sought.branch())
                        : placement.schedule(calls).branches(calls));
    }
}
