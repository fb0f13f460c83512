// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A boundary at every step of the uncached run. Of large ones every k-th pixel is kept, the same of
 * each step, which leaves means and correlations what they are.
 */
final class BoundaryTrace {

    /** Elements kept of each call. */
    private static final int MOST = 1 << 18;

    private final int channelAxis;

    /** By step index: one array for each call of the step, {@code [channel][image x pixel]}. */
    private final List<List<float[][]>> steps = new ArrayList<>();

    BoundaryTrace(int channelAxis) {
        this.channelAxis = channelAxis;
    }

    int channelAxis() {
        return channelAxis;
    }

    /** Takes the boundary of a call. */
    void add(int step, INDArray boundary) {
        while (steps.size() <= step) {
            steps.add(new ArrayList<>());
        }
        long channels = boundary.size(channelAxis);
        int[] order = new int[boundary.rank()];
        order[0] = channelAxis;
        for (int axis = 0, at = 1; axis < order.length; axis++) {
            if (axis != channelAxis) {
                order[at++] = axis;
            }
        }
        float[] rows = boundary.castTo(DataType.FLOAT).permute(order).dup('c').data().asFloat();
        int width = (int) (boundary.length() / channels);
        int stride = (int) Math.max(1, (boundary.length() + MOST - 1) / MOST);
        float[][] kept = new float[(int) channels][(width + stride - 1) / stride];
        for (int c = 0; c < kept.length; c++) {
            for (int i = 0; i < kept[c].length; i++) {
                kept[c][i] = rows[c * width + i * stride];
            }
        }
        steps.get(step).add(kept);
    }

    int steps() {
        return steps.size();
    }

    int channels() {
        return steps.get(0).get(0).length;
    }

    /** Values of one channel in all calls of a step. */
    float[] channel(int step, int channel) {
        List<float[][]> calls = steps.get(step);
        int width = calls.get(0)[channel].length;
        float[] values = new float[width * calls.size()];
        for (int call = 0; call < calls.size(); call++) {
            System.arraycopy(calls.get(call)[channel], 0, values, call * width, width);
        }
        return values;
    }

    /** Inner products of the boundaries of every two steps, {@code [steps][steps]}. */
    double[][] gram() {
        double[][] gram = new double[steps.size()][steps.size()];
        for (int c = 0; c < channels(); c++) {
            float[][] values = new float[steps.size()][];
            for (int i = 0; i < values.length; i++) {
                values[i] = channel(i, c);
            }
            for (int i = 0; i < values.length; i++) {
                for (int j = 0; j <= i; j++) {
                    double sum = 0;
                    for (int k = 0; k < values[i].length; k++) {
                        sum += (double) values[i][k] * values[j][k];
                    }
                    gram[i][j] += sum;
                }
            }
        }
        for (int i = 0; i < gram.length; i++) {
            for (int j = i + 1; j < gram.length; j++) {
                gram[i][j] = gram[j][i];
            }
        }
        return gram;
    }

    /** ||F_i - F_(i-lag)||_1 / ||F_i||_1 for i from lag on (SmoothCache's error at a lag). */
    double[] lagErrors(int lag) {
        double[] errors = new double[Math.max(0, steps.size() - lag)];
        for (int i = 0; i < errors.length; i++) {
            double change = 0;
            double size = 0;
            for (int c = 0; c < channels(); c++) {
                float[] now = channel(i + lag, c);
                float[] before = channel(i, c);
                for (int k = 0; k < now.length; k++) {
                    change += Math.abs(now[k] - before[k]);
                    size += Math.abs(now[k]);
                }
            }
            errors[i] = size == 0 ? 0 : change / size;
        }
        return errors;
    }
}
