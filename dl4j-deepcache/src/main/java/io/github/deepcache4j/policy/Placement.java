// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import io.github.deepcache4j.schedule.BranchSchedule;
import io.github.deepcache4j.schedule.ExplicitSchedule;
import io.github.deepcache4j.schedule.PowerSchedule;
import io.github.deepcache4j.schedule.QuadCenterSchedule;
import io.github.deepcache4j.schedule.UniformSchedule;
import java.util.List;
import java.util.stream.Collectors;

/** Which steps are full, and at which branch the others are cached. */
public sealed interface Placement {

    /**
     * The placement in a run.
     *
     * @param calls network calls of the run
     * @throws IllegalArgumentException if it does not fit such a run
     * @throws IllegalStateException if it must be calibrated first
     */
    BranchSchedule schedule(int calls);

    /** As the first part of a tag writes it. */
    String tag();

    /** Every step is full: nothing is cached. */
    record Uncached() implements Placement {

        @Override
        public BranchSchedule schedule(int calls) {
            return step -> BranchSchedule.FULL;
        }

        @Override
        public String tag() {
            return "full";
        }
    }

    /** One full step every {@code interval}. */
    record Uniform(int interval, int branch) implements Placement {

        public Uniform {
            new UniformSchedule(interval);
            checkBranch(branch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            return BranchSchedule.of(new UniformSchedule(interval), branch);
        }

        @Override
        public String tag() {
            return "N" + interval + "b" + branch;
        }
    }

    /** The released DeepCache code's full steps around a centre. */
    record QuadCentre(int interval, int center, double power, int branch) implements Placement {

        public QuadCentre {
            checkBranch(branch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            return BranchSchedule.of(
                    new ExplicitSchedule(
                            new QuadCenterSchedule(calls, interval, center, power).steps()),
                    branch);
        }

        @Override
        public String tag() {
            return "Q" + interval + "c" + center + "p" + TagNumber.of(power) + "b" + branch;
        }
    }

    /** Full steps that grow apart, or together, by a power. */
    record Power(int interval, double power, int branch) implements Placement {

        public Power {
            checkBranch(branch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            return BranchSchedule.of(
                    new ExplicitSchedule(new PowerSchedule(calls, interval, power).steps()),
                    branch);
        }

        @Override
        public String tag() {
            return "P" + interval + "p" + TagNumber.of(power) + "b" + branch;
        }
    }

    /** A list of full steps. */
    record Listed(List<Integer> steps, int branch) implements Placement {

        public Listed {
            steps = new ExplicitSchedule(steps).steps();
            checkBranch(branch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            int last = steps.get(steps.size() - 1);
            if (last >= calls) {
                throw new IllegalArgumentException(
                        "the full step "
                                + last
                                + " is not reached: a run of "
                                + calls
                                + " network calls ends with step "
                                + (calls - 1));
            }
            return BranchSchedule.of(new ExplicitSchedule(steps), branch);
        }

        @Override
        public String tag() {
            return "S"
                    + steps.stream().map(String::valueOf).collect(Collectors.joining("-"))
                    + "b"
                    + branch;
        }
    }

    /**
     * Each step by itself: {@link BranchSchedule#FULL}, or the branch at which it is cached.
     *
     * @param steps one for each call of the run; the first is full
     */
    record Mixed(List<Integer> steps) implements Placement {

        public Mixed {
            steps = List.copyOf(steps);
            if (steps.isEmpty() || steps.get(0) != BranchSchedule.FULL) {
                throw new IllegalArgumentException(
                        "a placement step by step starts with a full step, since nothing is cached"
                                + " before it");
            }
            steps.stream().filter(b -> b != BranchSchedule.FULL).forEach(Placement::checkBranch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            if (calls != steps.size()) {
                throw new IllegalArgumentException(
                        "the placement lists "
                                + steps.size()
                                + " steps, the run makes "
                                + calls
                                + " network calls");
            }
            return steps::get;
        }

        @Override
        public String tag() {
            return "M"
                    + steps.stream()
                            .map(
                                    b ->
                                            b == BranchSchedule.FULL
                                                    ? "F"
                                                    : b > 9 ? "(" + b + ")" : "" + b)
                            .collect(Collectors.joining());
        }
    }

    /**
     * What calibration is to find: as many full steps as {@code interval} gives, placed by a
     * method.
     */
    record Sought(int interval, int branch, Method method) implements Placement {

        public Sought {
            new UniformSchedule(interval);
            checkBranch(branch);
        }

        @Override
        public BranchSchedule schedule(int calls) {
            throw new IllegalStateException(
                    "the policy "
                            + tag()
                            + "."
                            + method.tag()
                            + " is placed by calibration; run `deepcache calibrate MODEL --policy"
                            + " TAG --out policy.json` and give that file");
        }

        @Override
        public String tag() {
            return "N" + interval + "b" + branch;
        }
    }

    private static void checkBranch(int branch) {
        if (branch < 0) {
            throw new IllegalArgumentException(
                    "the branch is " + branch + "; branches count from 0, the outermost");
        }
    }
}
