// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.PostOp;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.lowering.Step;
import io.github.deepcache4j.engine.runtime.Backend;
import io.github.deepcache4j.engine.runtime.Instruction;
import io.github.deepcache4j.engine.runtime.Memory;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Each step as a oneDNN primitive; what oneDNN cannot do is left to another backend. */
final class OneDnnBackend implements Backend {

    private final Native dnnl = new Native();
    private final Scratchpad scratchpad = new Scratchpad();
    private final WinogradMemory tiles = new WinogradMemory();
    private final Program program;
    private final PackedWeights packed;
    private final Backend otherwise;

    /**
     * @param otherwise runs what oneDNN cannot do; closed with this
     */
    OneDnnBackend(Program program, PackedWeights packed, Backend otherwise) {
        this.program = program;
        this.packed = packed;
        this.otherwise = otherwise;
    }

    @Override
    public Instruction prepare(Step step, Memory memory) {
        if (step instanceof Step.Nd4jCall) {
            return otherwise.prepare(step, memory);
        }
        Workshop workshop = new Workshop(dnnl, memory, packed, scratchpad);
        try {
            return prepare(step, workshop, memory);
        } catch (UnsupportedPrimitive e) {
            workshop.resources().close();
            return otherwise.prepare(step, memory);
        } catch (RuntimeException | Error e) {
            workshop.resources().close();
            throw e;
        }
    }

    private Instruction prepare(Step step, Workshop workshop, Memory memory) {
        if (step instanceof Step.Convolution convolution) {
            return WinogradShape.fits(convolution)
                    ? winograd(convolution, workshop, memory)
                    : convolution(convolution, workshop);
        } else if (step instanceof Step.Product product) {
            return product(product, workshop);
        } else if (step instanceof Step.GroupNorm norm) {
            return GroupNormCall.of(norm, workshop, program, memory);
        } else if (step instanceof Step.LayerNorm norm) {
            return Primitives.layerNorm(norm, workshop);
        } else if (step instanceof Step.Softmax softmax) {
            return Primitives.softmax(softmax, workshop);
        } else if (step instanceof Step.Apply apply) {
            return Primitives.apply(apply, workshop);
        } else if (step instanceof Step.Binary binary) {
            return Primitives.binary(binary, workshop);
        } else if (step instanceof Step.Concat concat) {
            return Primitives.concat(concat, workshop);
        } else if (step instanceof Step.Upsample upsample) {
            return Primitives.upsample(upsample, workshop);
        } else if (step instanceof Step.Copy copy) {
            return Primitives.copy(copy, workshop);
        }
        throw new UnsupportedPrimitive(step.getClass().getSimpleName());
    }

    /** What follows a convolution in tiles are steps of their own, in place. */
    private Instruction winograd(Step.Convolution step, Workshop workshop, Memory memory) {
        List<Instruction> after = new ArrayList<>();
        List<PostOp> left = step.then();
        while (!left.isEmpty()) {
            PostOp first = left.get(0);
            left = left.subList(1, left.size());
            if (first instanceof PostOp.Apply apply) {
                after.add(
                        prepare(
                                new Step.Apply(apply.activation(), step.output(), step.output()),
                                memory));
            } else if (first instanceof PostOp.Combine combine) {
                after.add(
                        prepare(
                                new Step.Binary(
                                        combine.kind(),
                                        step.output(),
                                        combine.operand(),
                                        left,
                                        step.output()),
                                memory));
                left = List.of();
            }
        }
        return WinogradCall.of(step, workshop, program, tiles, after);
    }

    private Instruction convolution(Step.Convolution step, Workshop workshop) {
        dnnl_memory_desc source = workshop.imageArgument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.imageArgument(DNNL_ARG_DST, step.output());
        dnnl_memory_desc weights = workshop.anyForm(step.weights(), step.input().type());
        dnnl_memory_desc bias =
                step.bias() == null ? null : workshop.argument(DNNL_ARG_BIAS, step.bias());
        workshop.then(step.then(), operand -> operand);
        dnnl_primitive_desc description =
                workshop.describe(
                        "convolution",
                        empty ->
                                dnnl_convolution_forward_primitive_desc_create(
                                        empty,
                                        dnnl.engine(),
                                        dnnl_forward_inference,
                                        dnnl_convolution_direct,
                                        source,
                                        weights,
                                        bias,
                                        target,
                                        array(step.strides()),
                                        new long[2],
                                        array(step.before()),
                                        array(step.after()),
                                        workshop.attributes()));
        workshop.weights(
                DNNL_ARG_WEIGHTS,
                step.weights(),
                program,
                dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0));
        return workshop.call(description);
    }

    private Instruction product(Step.Product step, Workshop workshop) {
        boolean fixed = program.buffers().get(step.right().buffer()).constant() != null;
        dnnl_memory_desc left = workshop.argument(DNNL_ARG_SRC, step.left());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        dnnl_memory_desc right =
                fixed
                        ? workshop.anyForm(step.right(), step.left().type())
                        : workshop.argument(DNNL_ARG_WEIGHTS, step.right());
        dnnl_memory_desc bias = null;
        if (step.bias() != null) {
            bias = workshop.argument(DNNL_ARG_BIAS, row(step.bias(), step.output()));
        }
        if (step.scale() != 1) {
            workshop.thenScale(step.scale());
        }
        workshop.then(step.then(), operand -> operand);
        dnnl_memory_desc row = bias;
        dnnl_primitive_desc description =
                workshop.describe(
                        "matmul",
                        empty ->
                                dnnl_matmul_primitive_desc_create(
                                        empty,
                                        dnnl.engine(),
                                        left,
                                        right,
                                        row,
                                        target,
                                        workshop.attributes()));
        if (fixed) {
            workshop.weights(
                    DNNL_ARG_WEIGHTS,
                    step.right(),
                    program,
                    dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0));
        }
        return workshop.call(description);
    }

    /** A vector as one row of as many axes as the result has. */
    private static Operand row(Operand vector, Operand result) {
        List<Long> sizes = new ArrayList<>(Collections.nCopies(result.layout().rank(), 1L));
        sizes.set(sizes.size() - 1, vector.shape().elements());
        return vector.with(Layout.dense(new Shape(sizes)));
    }

    private static long[] array(List<Long> numbers) {
        return numbers.stream().flatMapToLong(LongStream::of).toArray();
    }

    @Override
    public long bytes() {
        return packed.bytes() + scratchpad.bytes() + tiles.bytes() + otherwise.bytes();
    }

    @Override
    public void close() {
        otherwise.close();
        scratchpad.close();
        tiles.close();
        dnnl.close();
    }
}
