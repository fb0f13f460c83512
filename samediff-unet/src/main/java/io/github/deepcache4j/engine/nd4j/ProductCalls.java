// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.nd4j;

import io.github.deepcache4j.engine.lowering.BinaryKind;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.Step;
import io.github.deepcache4j.engine.runtime.Memory;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Matrix products, one call for each matrix: ND4J's batched product is a slow loop (ten times the
 * time of the same matrices one by one).
 */
final class ProductCalls {

    private ProductCalls() {}

    static void add(Step.Product step, Memory memory, Calls calls) {
        INDArray left = dense(step.left(), memory, calls);
        INDArray right = dense(step.right(), memory, calls);
        INDArray result = memory.array(step.output());
        boolean direct = step.output().layout().isDense();
        INDArray output = direct ? result : calls.temporary(result.shape());
        INDArray[] lefts = matrices(left);
        INDArray[] rights = matrices(right);
        INDArray[] outputs = matrices(output);
        for (int i = 0; i < lefts.length; i++) {
            calls.op(
                    "matmul",
                    List.of(lefts[i], rights[i]),
                    outputs[i],
                    new double[] {step.scale(), 0},
                    0,
                    0,
                    0);
        }
        if (!direct) {
            calls.copy(output, result);
        }
        if (step.bias() != null) {
            INDArray bias = memory.array(step.bias());
            calls.binary(BinaryKind.ADD, result, bias.reshape(1, bias.length()), result);
        }
        Nd4jBackend.then(
                step.then(),
                step.output(),
                IntStream.range(0, step.output().layout().rank()).boxed().toList(),
                memory,
                calls);
    }

    private static INDArray dense(Operand operand, Memory memory, Calls calls) {
        INDArray array = memory.array(operand);
        if (operand.layout().isDense()) {
            return array;
        }
        INDArray copy = calls.temporary(array.shape());
        if (memory.isConstant(operand)) {
            copy.assign(array);
        } else {
            calls.copy(array, copy);
        }
        return copy;
    }

    private static INDArray[] matrices(INDArray dense) {
        long rows = dense.size(-2);
        long columns = dense.size(-1);
        long count = dense.length() / Math.max(1, rows * columns);
        INDArray flat = dense.reshape(count, rows, columns);
        INDArray[] all = new INDArray[(int) count];
        for (int i = 0; i < count; i++) {
            all[i] = flat.slice(i).reshape(rows, columns);
        }
        return all;
    }
}
