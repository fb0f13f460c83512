// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

/** Which half of classifier-free guidance is left out, and when. */
public sealed interface GuidanceRule {

    /** As a tag writes it; empty if nothing is left out. */
    String tag();

    /** Both halves run in every step. */
    record Both() implements GuidanceRule {

        @Override
        public String tag() {
            return "";
        }
    }

    /**
     * The unconditional half runs every {@code interval} steps only; between, its difference to the
     * conditional half is frozen: u = c + (u - c) of the last step that ran both.
     *
     * @param interval 2 or more
     * @param first steps before this one run both halves
     */
    record Frozen(int interval, int first) implements GuidanceRule {

        public Frozen {
            if (interval < 2 || first < 0) {
                throw new IllegalArgumentException(
                        "the unconditional half every "
                                + interval
                                + " steps from step "
                                + first
                                + "; the interval is 2 or more, the step not negative");
            }
        }

        @Override
        public String tag() {
            return "uncond" + interval + (first > 0 ? "from" + first : "");
        }

        /** Whether the unconditional half runs in this step. */
        public boolean runs(int step) {
            return step < first || (step - first) % interval == 0;
        }
    }
}
