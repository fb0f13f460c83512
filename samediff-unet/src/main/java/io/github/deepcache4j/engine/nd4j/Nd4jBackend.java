// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.nd4j;

import io.github.deepcache4j.engine.lowering.Nd4jExecution;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.PostOp;
import io.github.deepcache4j.engine.lowering.Step;
import io.github.deepcache4j.engine.runtime.Backend;
import io.github.deepcache4j.engine.runtime.Instruction;
import io.github.deepcache4j.engine.runtime.Memory;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Each step as ND4J operations.
 *
 * <p>ND4J is handed channels-last tensors as dense {@code [n, h, w, c]} arrays, by permuting the
 * view back into memory order, so that nothing is copied.
 */
public final class Nd4jBackend implements Backend {

    private long bytes;

    @Override
    public Instruction prepare(Step step, Memory memory) {
        Calls calls = new Calls();
        if (step instanceof Step.Convolution convolution) {
            convolution(convolution, memory, calls);
        } else if (step instanceof Step.Product product) {
            ProductCalls.add(product, memory, calls);
        } else if (step instanceof Step.GroupNorm norm) {
            NormCalls.groupNorm(norm, memory, calls);
        } else if (step instanceof Step.LayerNorm norm) {
            NormCalls.layerNorm(norm, memory, calls);
        } else if (step instanceof Step.Softmax softmax) {
            calls.op(
                    "softmax",
                    List.of(memory.array(softmax.input())),
                    memory.array(softmax.output()),
                    softmax.input().layout().rank() - 1);
        } else if (step instanceof Step.Apply apply) {
            List<Integer> order = apply.output().layout().order();
            calls.apply(
                    apply.activation(),
                    memory.array(apply.input().permute(order)),
                    memory.array(apply.output().permute(order)));
        } else if (step instanceof Step.Binary binary) {
            List<Integer> order = binary.output().layout().order();
            calls.binary(
                    binary.kind(),
                    memory.array(binary.left().permute(order)),
                    memory.array(binary.right().permute(order)),
                    memory.array(binary.output().permute(order)));
            then(binary.then(), binary.output(), order, memory, calls);
        } else if (step instanceof Step.Concat concat) {
            List<Integer> order = concat.output().layout().order();
            calls.op(
                    "concat",
                    concat.parts().stream().map(part -> memory.array(part.permute(order))).toList(),
                    memory.array(concat.output().permute(order)),
                    order.indexOf(concat.axis()));
        } else if (step instanceof Step.Upsample upsample) {
            calls.op(
                    "upsampling2d",
                    List.of(memory.array(upsample.input().permute(List.of(0, 2, 3, 1)))),
                    memory.array(upsample.output().permute(List.of(0, 2, 3, 1))),
                    upsample.height(),
                    upsample.width(),
                    0);
        } else if (step instanceof Step.Copy copy) {
            calls.copy(memory.array(copy.input()), memory.array(copy.output()));
        } else if (step instanceof Step.Nd4jCall call) {
            calls.add(
                    Nd4jExecution.of(
                            call.function(),
                            call.operands().stream().map(memory::array).toList(),
                            call.outputs().stream().map(memory::array).toList()));
        }
        bytes += calls.bytes();
        return calls;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    private static void convolution(Step.Convolution step, Memory memory, Calls calls) {
        List<Integer> channelsLast = List.of(0, 2, 3, 1);
        INDArray input = memory.array(step.input().permute(channelsLast));
        INDArray output = memory.array(step.output().permute(channelsLast));
        boolean symmetric = step.before().equals(step.after());
        if (!symmetric) {
            input = padded(step, input, calls);
        }
        INDArray weights = memory.array(step.weights());
        calls.op(
                "conv2d",
                step.bias() == null
                        ? List.of(input, weights)
                        : List.of(input, weights, memory.array(step.bias())),
                output,
                weights.size(2),
                weights.size(3),
                step.strides().get(0),
                step.strides().get(1),
                symmetric ? step.before().get(0) : 0,
                symmetric ? step.before().get(1) : 0,
                1,
                1,
                0,
                1,
                1);
        then(step.then(), step.output(), channelsLast, memory, calls);
    }

    /** ND4J pads both sides alike, so other zeros are put around the image first. */
    private static INDArray padded(Step.Convolution step, INDArray input, Calls calls) {
        long top = step.before().get(0);
        long left = step.before().get(1);
        INDArray padded =
                calls.temporary(
                        input.size(0),
                        input.size(1) + top + step.after().get(0),
                        input.size(2) + left + step.after().get(1),
                        input.size(3));
        padded.assign(0);
        INDArray inner =
                padded.get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(top, top + input.size(1)),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(left, left + input.size(2)),
                        org.nd4j.linalg.indexing.NDArrayIndex.all());
        calls.copy(input, inner);
        return padded;
    }

    /** Post-ops, in place. */
    static void then(
            List<PostOp> operations,
            Operand output,
            List<Integer> order,
            Memory memory,
            Calls calls) {
        INDArray result = memory.array(output.permute(order));
        for (PostOp operation : operations) {
            if (operation instanceof PostOp.Apply apply) {
                calls.apply(apply.activation(), result, result);
            } else if (operation instanceof PostOp.Combine combine) {
                calls.binary(
                        combine.kind(),
                        result,
                        memory.array(combine.operand().permute(order)),
                        result);
            }
        }
    }
}
