// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import io.github.deepcache4j.forecast.Abscissa;
import io.github.deepcache4j.forecast.Newton;

/** The policy that the tag {@code recommended} names. */
final class Recommended {

    private Recommended() {}

    /**
     * For a number of full steps and a branch.
     *
     * @param placement uniform
     * @throws IllegalArgumentException if it is another
     */
    static Policy policy(Placement placement) {
        if (!(placement instanceof Placement.Uniform uniform)) {
            throw new IllegalArgumentException(
                    "'recommended' places the full steps itself; write it behind an interval and a"
                            + " branch, as N5b2.recommended");
        }
        return Policy.of(
                new Placement.Sought(uniform.interval(), uniform.branch(), new Method.Budget()),
                new Newton(2, Abscissa.STEP));
    }
}
