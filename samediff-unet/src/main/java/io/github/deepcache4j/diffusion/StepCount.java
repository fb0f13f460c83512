// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** The checks of how many steps a run may have. */
final class StepCount {

    private StepCount() {}

    /**
     * Refuses numbers of steps that there are no timesteps for.
     *
     * @param most steps that the spacing has room for
     */
    static void check(int steps, int trained, int most) {
        if (steps < 1 || steps > most) {
            throw new IllegalArgumentException(
                    steps
                            + " steps: the model was trained with "
                            + trained
                            + " timesteps; choose between 1 and "
                            + most);
        }
    }

    /**
     * Refuses a run that begins beyond the trained timesteps.
     *
     * @param timestep the noisiest of the run
     */
    static void checkFirst(double timestep, int steps, NoiseSchedule schedule) {
        if (timestep >= schedule.trainTimesteps()) {
            throw new IllegalArgumentException(
                    steps
                            + " steps with steps_offset "
                            + schedule.stepsOffset()
                            + " begin at timestep "
                            + (int) timestep
                            + ", but the last one trained is "
                            + (schedule.trainTimesteps() - 1)
                            + "; take fewer steps or a smaller offset");
        }
    }
}
