// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares SameDiff's gradients with central differences, in double precision, at some entries of
 * every variable. The loss is the sum of the output's elements times fixed random numbers, so that
 * no gradient cancels.
 */
final class FiniteDifferences {

    private static final double STEP = 1e-5;

    private FiniteDifferences() {}

    /** What differs by more than the tolerance, as lines; empty if all is well. */
    static List<String> compare(
            SameDiff sameDiff,
            SDVariable output,
            Map<String, INDArray> inputs,
            int entries,
            double tolerance,
            long seed) {
        Random random = new Random(seed);
        INDArray shape = sameDiff.output(inputs, output.name()).get(output.name());
        INDArray factors = normal(random, shape.shape());
        SDVariable loss = output.mul(sameDiff.constant(factors)).sum();
        loss.markAsLoss();
        List<String> names =
                sameDiff.variables().stream()
                        .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                        .map(SDVariable::name)
                        .toList();
        Map<String, INDArray> gradients =
                sameDiff.calculateGradients(inputs, names.toArray(String[]::new));
        List<String> faults = new ArrayList<>();
        for (String name : names) {
            INDArray array = sameDiff.getVariable(name).getArr();
            INDArray gradient = gradients.get(name);
            double size = Math.max(1e-3, gradient.amaxNumber().doubleValue());
            for (int i = 0; i < entries; i++) {
                long entry = (long) (random.nextDouble() * array.length());
                double value = array.getDouble(entry);
                array.putScalar(entry, value + STEP);
                double above = value(sameDiff, loss, inputs);
                array.putScalar(entry, value - STEP);
                double below = value(sameDiff, loss, inputs);
                array.putScalar(entry, value);
                double expected = (above - below) / (2 * STEP);
                double found = gradient.getDouble(entry);
                if (!(Math.abs(expected - found) <= tolerance * size)) {
                    faults.add(name + "[" + entry + "]: " + found + ", by differences " + expected);
                }
            }
        }
        return faults;
    }

    private static double value(SameDiff sameDiff, SDVariable loss, Map<String, INDArray> inputs) {
        return sameDiff.output(inputs, loss.name()).get(loss.name()).getDouble(0);
    }

    static INDArray normal(Random random, long... shape) {
        double[] values =
                new double
                        [Math.toIntExact(
                                java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape(shape).castTo(DataType.DOUBLE);
    }
}
