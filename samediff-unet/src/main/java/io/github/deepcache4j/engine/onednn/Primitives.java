// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Step;
import io.github.deepcache4j.engine.runtime.Instruction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.PointerPointer;

/** Steps that are one primitive without weights to pack. */
final class Primitives {

    private Primitives() {}

    static Instruction softmax(Step.Softmax step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        return workshop.call(
                workshop.describe(
                        "softmax",
                        description ->
                                dnnl_softmax_forward_primitive_desc_create(
                                        description,
                                        workshop.dnnl().engine(),
                                        dnnl_forward_inference,
                                        dnnl_softmax_accurate,
                                        source,
                                        target,
                                        step.input().layout().rank() - 1,
                                        workshop.attributes())));
    }

    static Instruction layerNorm(Step.LayerNorm step, Workshop workshop) {
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
                                        workshop.dnnl().engine(),
                                        dnnl_forward_inference,
                                        source,
                                        target,
                                        null,
                                        (float) step.epsilon(),
                                        dnnl_use_scale | dnnl_use_shift,
                                        workshop.attributes())));
    }

    static Instruction apply(Step.Apply step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_SRC, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        return workshop.call(
                workshop.describe(
                        "eltwise",
                        description ->
                                dnnl_eltwise_forward_primitive_desc_create(
                                        description,
                                        workshop.dnnl().engine(),
                                        dnnl_forward_inference,
                                        Workshop.algorithm(step.activation()),
                                        source,
                                        target,
                                        Workshop.alpha(step.activation()),
                                        0,
                                        workshop.attributes())));
    }

    static Instruction binary(Step.Binary step, Workshop workshop) {
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
                                        workshop.dnnl().engine(),
                                        Workshop.algorithm(step.kind()),
                                        left,
                                        right,
                                        target,
                                        workshop.attributes())));
    }

    static Instruction concat(Step.Concat step, Workshop workshop) {
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, step.output());
        try (PointerPointer<dnnl_memory_desc> forms = new PointerPointer<>(step.parts().size());
                PointerPointer<dnnl_primitive_desc> made = new PointerPointer<>(1)) {
            for (int i = 0; i < step.parts().size(); i++) {
                forms.put(i, workshop.argument(DNNL_ARG_MULTIPLE_SRC + i, step.parts().get(i)));
            }
            Native.check(
                    dnnl_concat_primitive_desc_create(
                            made,
                            workshop.dnnl().engine(),
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

    static Instruction upsample(Step.Upsample step, Workshop workshop) {
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
                                        workshop.dnnl().engine(),
                                        dnnl_forward_inference,
                                        dnnl_resampling_nearest,
                                        factors,
                                        source,
                                        target,
                                        workshop.attributes())));
    }

    static Instruction copy(Step.Copy step, Workshop workshop) {
        dnnl_memory_desc source = workshop.argument(DNNL_ARG_FROM, step.input());
        dnnl_memory_desc target = workshop.argument(DNNL_ARG_TO, step.output());
        return workshop.call(
                workshop.describe(
                        "reorder",
                        description ->
                                dnnl_reorder_primitive_desc_create(
                                        description,
                                        source,
                                        workshop.dnnl().engine(),
                                        target,
                                        workshop.dnnl().engine(),
                                        workshop.attributes())));
    }
}
