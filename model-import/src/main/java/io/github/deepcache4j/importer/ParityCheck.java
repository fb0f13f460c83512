// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far the outputs of a model are from reference values.
 *
 * @param maxAbs largest absolute difference of any element; NaN where exactly one side is not
 *     finite
 * @param maxRel the same over the reference's largest absolute value, the worst of all outputs
 * @param relativeRms root of the mean squared difference over that of the reference's squares, of
 *     that output; NaN where anything is not finite
 * @param worst name of the output with the largest maxRel
 */
public record ParityCheck(double maxAbs, double maxRel, double relativeRms, String worst) {

    /**
     * Compares tensors of the same names.
     *
     * @throws IllegalArgumentException if a reference is missing, or shapes differ; names all
     */
    public static ParityCheck compare(
            Map<String, INDArray> actual, Map<String, INDArray> expected) {
        List<String> faults = new ArrayList<>();
        ParityCheck worst = new ParityCheck(0, 0, 0, "");
        for (var entry : new TreeMap<>(actual).entrySet()) {
            INDArray reference = expected.get(entry.getKey());
            if (reference == null) {
                faults.add(
                        "there is no reference for "
                                + entry.getKey()
                                + ", only for "
                                + expected.keySet());
            } else if (!Arrays.equals(reference.shape(), entry.getValue().shape())) {
                faults.add(
                        entry.getKey()
                                + " has shape "
                                + Arrays.toString(entry.getValue().shape())
                                + ", its reference "
                                + Arrays.toString(reference.shape()));
            } else {
                ParityCheck one = of(entry.getKey(), entry.getValue(), reference);
                worst = one.maxRel <= worst.maxRel || Double.isNaN(worst.maxRel) ? worst : one;
            }
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
        return worst;
    }

    private static ParityCheck of(String name, INDArray actual, INDArray expected) {
        double[] a = actual.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double[] e = expected.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        double difference = 0;
        double largest = 0;
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < e.length; i++) {
            boolean same = a[i] == e[i] || Double.isNaN(a[i]) && Double.isNaN(e[i]);
            double distance = same ? 0 : Math.abs(a[i] - e[i]);
            // a NaN distance must not lose against a number
            difference =
                    Double.isNaN(distance) || Double.isNaN(difference)
                            ? Double.NaN
                            : Math.max(difference, distance);
            largest = Double.isFinite(e[i]) ? Math.max(largest, Math.abs(e[i])) : largest;
            squares += e[i] * e[i];
            errors += (a[i] - e[i]) * (a[i] - e[i]);
        }
        return new ParityCheck(
                difference,
                difference == 0 ? 0 : difference / largest,
                errors == 0 ? 0 : Math.sqrt(errors / squares),
                name);
    }

    /** Whether the relative error is within a tolerance; never with a NaN. */
    public boolean within(double tolerance) {
        return maxRel <= tolerance;
    }
}
