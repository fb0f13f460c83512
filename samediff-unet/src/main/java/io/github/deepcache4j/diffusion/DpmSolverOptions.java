// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/**
 * How {@link DpmSolverSampler} solves.
 *
 * @param order 1, 2 or 3; diffusers' {@code solver_order}
 * @param stochastic whether it solves the stochastic equation; {@code algorithm_type}
 *     sde-dpmsolver++ rather than dpmsolver++
 * @param heun whether second order is of Heun's kind, not the midpoint's; {@code solver_type}
 * @param lowerOrderFinal whether the last steps of runs of fewer than 15 have lower orders; {@code
 *     lower_order_final}
 * @param eulerAtFinal whether the last step has first order in any case; {@code euler_at_final}
 * @param leastLambda levels with a smaller log(signal / noise) are left out; {@code
 *     lambda_min_clipped}
 */
public record DpmSolverOptions(
        int order,
        boolean stochastic,
        boolean heun,
        boolean lowerOrderFinal,
        boolean eulerAtFinal,
        double leastLambda) {

    public DpmSolverOptions {
        if (order < 1 || order > 3) {
            throw new IllegalArgumentException("solver_order " + order + " is not 1, 2 or 3");
        }
    }

    /** DPM-Solver++ 2M, diffusers' default. */
    public static DpmSolverOptions defaults() {
        return ofOrder(2);
    }

    public static DpmSolverOptions ofOrder(int order) {
        return new DpmSolverOptions(order, false, false, true, false, Double.NEGATIVE_INFINITY);
    }

    static DpmSolverOptions read(ConfigKeys keys) {
        return new DpmSolverOptions(
                keys.whole("solver_order", 2),
                keys.word("algorithm_type", "dpmsolver++", "sde-dpmsolver++").startsWith("sde"),
                keys.word("solver_type", "midpoint", "heun").equals("heun"),
                keys.flag("lower_order_final", true),
                keys.flag("euler_at_final", false),
                keys.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    }
}
