// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
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
import org.bytedeco.javacpp.PointerPointer;

/** Each step as a oneDNN primitive; what oneDNN cannot do is left to another backend. */
final class OneDnnBackend implements Backend {

    private final Native dnnl = new Native();
    private final Scratchpad scratchpad = new Scratchpad();
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
            return convolution(convolution, workshop);
        } else if (step instanceof Step.Product product) {
            return product(product, workshop);
        } else if (step instanceof Step.GroupNorm norm) {
            return GroupNormCall.of(norm, workshop, program, memory);
        } else if (step instanceof Step.LayerNorm norm) {
            return layerNorm(norm, workshop);
        } else if (step instanceof Step.Softmax softmax) {
            dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, softmax.input());
            dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, softmax.output());
            return workshop.call(
                    workshop.describe(
                            "softmax",
                            description ->
                                    dnnl_softmax_forward_primitive_desc_create(
                                            description,
                                            dnnl.engine(),
                                            dnnl_forward_inference,
                                            dnnl_softmax_accurate,
                                            source,
                                            target,
                                            softmax.input().layout().rank() - 1,
                                            workshop.attributes())));
        } else if (step instanceof Step.Apply apply) {
            return apply(apply, workshop);
        } else if (step instanceof Step.Binary binary) {
            return binary(binary, workshop);
        } else if (step instanceof Step.Concat concat) {
            return concat(concat, workshop);
        } else if (step instanceof Step.Upsample upsample) {
            return upsample(upsample, workshop);
        } else if (step instanceof Step.Copy copy) {
            return copy(copy, workshop);
        }
        throw new UnsupportedPrimitive(step.getClass().getSimpleName());
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

    private Instruction layerNorm(Step.LayerNorm step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        workshop.argument(DNNL_ARG_SCALE, step.gamma());
        workshop.argument(DNNL_ARG_SHIFT, step.beta());
        return workshop.call(
                workshop.describe(
                        "layer norm",
                        description ->
                                dnnl_layer_normalization_forward_primitive_desc_create(
                                        description,
                                        dnnl.engine(),
                                        dnnl_forward_inference,
                                        source,
                                        target,
                                        null,
                                        (float) step.epsilon(),
                                        dnnl_use_scale | dnnl_use_shift,
                                        workshop.attributes())));
    }

    private Instruction apply(Step.Apply step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        return workshop.call(
                workshop.describe(
                        "eltwise",
                        description ->
                                dnnl_eltwise_forward_primitive_desc_create(
                                        description,
                                        dnnl.engine(),
                                        dnnl_forward_inference,
                                        Workshop.algorithm(step.activation()),
                                        source,
                                        target,
                                        Workshop.alpha(step.activation()),
                                        0,
                                        workshop.attributes())));
    }

    private Instruction binary(Step.Binary step, Workshop workshop) {
        dnnl_memory_desc left = workshop.argument(DNNL_ARG_SRC_0, step.left());
        dnnl_memory_desc right = workshop.argument(DNNL_ARG_SRC_1, step.right());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        workshop.then(step.then(), operand -> operand);
        return workshop.call(
                workshop.describe(
                        "binary",
                        description ->
                                dnnl_binary_primitive_desc_create(
                                        description,
                                        dnnl.engine(),
                                        Workshop.algorithm(step.kind()),
                                        left,
                                        right,
                                        target,
                                        workshop.attributes())));
    }

    private Instruction concat(Step.Concat step, Workshop workshop) {
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        try (PointerPointer<dnnl_memory_desc> forms = new PointerPointer<>(step.parts().size());
                PointerPointer<dnnl_primitive_desc> made = new PointerPointer<>(1)) {
            for (int i = 0; i < step.parts().size(); i++) {
                forms.put(i, workshop.argument(DNNL_ARG_MULTIPLE_SRC + i, step.parts().get(i)));
            }
            Native.check(
                    dnnl_concat_primitive_desc_create(
                            made,
                            dnnl.engine(),
                            target,
                            step.parts().size(),
                            step.axis(),
                            forms,
                            workshop.attributes()),
                    "concat");
            dnnl_primitive_desc description = new dnnl_primitive_desc(made.get(0));
            workshop.resources().own(description, () -> dnnl_primitive_desc_destroy(description));
            return workshop.call(description);
        }
    }

    private Instruction upsample(Step.Upsample step, Workshop workshop) {
        if (step.input().shape().size(2) * step.input().shape().size(3) == 1) {
            // the same strides mean channels first and last, and oneDNN reads beyond the pixel
            throw new UnsupportedPrimitive("resampling of one pixel");
        }
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        float[] factors = {step.height(), step.width()};
        return workshop.call(
                workshop.describe(
                        "resampling",
                        description ->
                                dnnl_resampling_forward_primitive_desc_create(
                                        description,
                                        dnnl.engine(),
                                        dnnl_forward_inference,
                                        dnnl_resampling_nearest,
                                        factors,
                                        source,
                                        target,
                                        workshop.attributes())));
    }

    private Instruction copy(Step.Copy step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_FROM, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_TO, step.output());
        return workshop.call(
                workshop.describe(
                        "reorder",
                        description ->
                                dnnl_reorder_primitive_desc_create(
                                        description,
                                        source,
                                        dnnl.engine(),
                                        target,
                                        dnnl.engine(),
                                        workshop.attributes())));
    }

    private static long[] array(List<Long> numbers) {
        return numbers.stream().flatMapToLong(LongStream::of).toArray();
    }

    @Override
    public void close() {
        otherwise.close();
        scratchpad.close();
        dnnl.close();
    }
}
