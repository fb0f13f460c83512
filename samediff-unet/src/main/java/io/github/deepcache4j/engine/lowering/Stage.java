// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import java.util.Set;

/**
 * A part of a program that some runs leave out. Stages run in the order of their kinds.
 *
 * @param kind when it runs
 * @param inputs names of the graph's inputs that it depends on, if it is steady
 * @param deepOnly whether full steps alone need it
 */
public record Stage(Kind kind, Set<String> inputs, boolean deepOnly) {

    /** When a stage runs. */
    public enum Kind {
        /** when one of its inputs changed since it ran last (such as the time embedding) */
        STEADY,
        /** at every run, in front of the deep region */
        PREFIX,
        /** at full steps only */
        DEEP,
        /** at every run, behind the boundary */
        SUFFIX
    }

    public Stage {
        inputs = Set.copyOf(inputs);
    }
}
