// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import java.util.Set;

/**
 * A part of a program that some runs leave out. Stages run in the order of their kinds.
 *
 * @param kind when it runs
 * @param inputs names of the graph's inputs that it depends on, if it is steady
 * @param level index of the outermost cut whose cached steps need it; as many as there are cuts if
 *     full steps alone do
 */
public record Stage(Kind kind, Set<String> inputs, int level) {

    /** When a stage runs. */
    public enum Kind {
        /** when one of its inputs changed since it ran last (such as the time embedding) */
        STEADY,
        /** in front of the boundary of its level */
        PREFIX,
        /** at full steps only */
        DEEP,
        /** behind the boundary of its level */
        SUFFIX
    }

    public Stage {
        inputs = Set.copyOf(inputs);
    }
}
