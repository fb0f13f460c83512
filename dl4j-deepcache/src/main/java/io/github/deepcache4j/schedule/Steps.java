// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.schedule;

/** The check every schedule makes of a step index. */
final class Steps {

    private Steps() {}

    static int checked(int step) {
        if (step < 0) {
            throw new IllegalArgumentException(
                    "step index " + step + "; denoiser calls count from 0");
        }
        return step;
    }
}
