// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

/** The weights ρ of {@link UniPcSampler}: a small linear system (Zhao et al. 2023, theorem 3.1). */
final class UniPcWeights {

    private UniPcWeights() {}

    /**
     * Solves Σ_k r_k^(j-1) ρ_k = j! φ_(j+1)(h) h / B(h) for j = 1 ... count.
     *
     * @param ratios r_k
     * @param count unknowns, at most as many as ratios; one alone is 1/2 whatever h is
     * @param basis B(h)
     */
    static double[] solve(double[] ratios, int count, double h, double basis) {
        if (count == 1) {
            return new double[] {0.5};
        }
        double[][] rows = new double[count][count + 1];
        double phi = Math.expm1(h) / h - 1;
        double factorial = 1;
        for (int j = 0; j < count; j++) {
            for (int k = 0; k < count; k++) {
                rows[j][k] = Math.pow(ratios[k], j);
            }
            rows[j][count] = phi * factorial / basis;
            factorial *= j + 2;
            phi = phi / h - 1 / factorial;
        }
        return solve(rows);
    }

    /** Gauss and Jordan with row pivots. */
    private static double[] solve(double[][] rows) {
        int n = rows.length;
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) {
                    pivot = row;
                }
            }
            double[] swapped = rows[pivot];
            rows[pivot] = rows[column];
            rows[column] = swapped;
            for (int row = 0; row < n; row++) {
                double factor = row == column ? 0 : rows[row][column] / swapped[column];
                for (int k = column; k <= n; k++) {
                    rows[row][k] -= factor * swapped[k];
                }
            }
        }
        double[] solution = new double[n];
        for (int row = 0; row < n; row++) {
            solution[row] = rows[row][n] / rows[row][row];
        }
        return solution;
    }
}
