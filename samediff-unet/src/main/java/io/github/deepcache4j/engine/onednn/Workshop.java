// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Activation;
import io.github.deepcache4j.engine.lowering.BinaryKind;
import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.PostOp;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.runtime.Memory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes one primitive call: forms and memory of operands, post-ops, packed weights. */
final class Workshop {

    private final Native dnnl;
    private final Memory memory;
    private final PackedWeights packed;
    private final Scratchpad scratchpad;
    private final Resources resources = new Resources();
    private final Map<Integer, dnnl_memory> arguments = new LinkedHashMap<>();
    private final dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    private final dnnl_post_ops postOps = new dnnl_post_ops();
    private int postOpCount;

    Workshop(Native dnnl, Memory memory, PackedWeights packed, Scratchpad scratchpad) {
        this.dnnl = dnnl;
        this.memory = memory;
        this.packed = packed;
        this.scratchpad = scratchpad;
        Native.check(dnnl_primitive_attr_create(attributes), "attributes");
        resources.own(attributes, () -> dnnl_primitive_attr_destroy(attributes));
        Native.check(
                dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
                "scratchpad mode");
        Native.check(dnnl_post_ops_create(postOps), "post-ops");
        resources.own(postOps, () -> dnnl_post_ops_destroy(postOps));
    }

    /** For another primitive of the same step. */
    Workshop sibling() {
        return new Workshop(dnnl, memory, packed, scratchpad);
    }

    /** For a primitive that runs now and is freed before this one. */
    Workshop once(Scratchpad working) {
        return new Workshop(dnnl, memory, packed, working);
    }

    /** For another primitive of the same step, freed with this one. */
    Workshop owned() {
        Workshop sibling = sibling();
        return resources.own(sibling, sibling.resources::close);
    }

    Native dnnl() {
        return dnnl;
    }

    Resources resources() {
        return resources;
    }

    Scratchpad scratchpad() {
        return scratchpad;
    }

    dnnl_memory_desc form(Operand operand) {
        return dnnl.form(resources, operand.type(), operand.layout());
    }

    dnnl_memory_desc anyForm(Operand operand, org.nd4j.linalg.api.buffer.DataType type) {
        return dnnl.anyForm(resources, type, operand.layout());
    }

    /** An operand as an argument of the primitive. */
    dnnl_memory_desc argument(int number, Operand operand) {
        dnnl_memory_desc form = form(operand);
        argument(number, form, memory.address(operand));
        return form;
    }

    /**
     * An image as an argument, described as channels-last even where one channel or one pixel makes
     * that the same as dense: oneDNN would take it for the other and fall to its reference code.
     */
    dnnl_memory_desc imageArgument(int number, Operand operand) {
        Layout layout = Layout.channelsLast(operand.shape());
        if (!layout.sameAs(operand.layout())) {
            throw new IllegalArgumentException(operand + " is not channels-last");
        }
        dnnl_memory_desc form = dnnl.exactForm(resources, operand.type(), layout);
        argument(number, form, memory.address(operand));
        return form;
    }

    void argument(int number, dnnl_memory_desc form, long address) {
        arguments.put(number, dnnl.memory(resources, form, address));
    }

    /** Numbers in working memory as an argument. */
    dnnl_memory_desc argument(int number, Layout layout, Place place) {
        dnnl_memory_desc form =
                dnnl.exactForm(resources, org.nd4j.linalg.api.buffer.DataType.FLOAT, layout);
        dnnl_memory working = dnnl.memory(resources, form, 0);
        long bytes = (layout.extent()) * Float.BYTES;
        place.block().serve(working, place.offset(), bytes);
        arguments.put(number, working);
        return form;
    }

    /** A constant operand as an argument, in the form that the primitive chose. */
    void weights(int number, Operand operand, Program owner, dnnl_memory_desc form) {
        dnnl_memory_desc from = form(operand);
        long address = memory.address(operand);
        if (dnnl_memory_desc_equal(from, form) != 0) {
            argument(number, form, address);
            return;
        }
        weights(
                number,
                operand,
                owner,
                form,
                (to, target) -> {
                    try (Scratchpad working = new Scratchpad()) {
                        Workshop pack = once(working);
                        pack.argument(DNNL_ARG_FROM, from, address);
                        pack.argument(DNNL_ARG_TO, to, target);
                        pack.reorder(from, to).run();
                        pack.resources.close();
                    }
                });
    }

    /** What is computed from a constant operand as an argument. */
    void weights(
            int number,
            Operand operand,
            Program owner,
            dnnl_memory_desc form,
            PackedWeights.Filling filling) {
        INDArray array = Objects.requireNonNull(owner.buffers().get(operand.buffer()).constant());
        PackedWeights.Origin origin =
                new PackedWeights.Origin(array, operand.layout(), operand.offset());
        arguments.put(number, packed.pack(dnnl, resources, origin, form, filling));
    }

    /** Product of two arguments. */
    PrimitiveCall product(dnnl_memory_desc left, dnnl_memory_desc right, dnnl_memory_desc target) {
        return call(
                describe(
                        "matmul",
                        description ->
                                dnnl_matmul_primitive_desc_create(
                                        description,
                                        dnnl.engine(),
                                        left,
                                        right,
                                        null,
                                        target,
                                        attributes())));
    }

    /** Moves one argument to another. */
    PrimitiveCall reorder(dnnl_memory_desc from, dnnl_memory_desc to) {
        return call(
                describe(
                        "reorder",
                        description ->
                                dnnl_reorder_primitive_desc_create(
                                        description,
                                        from,
                                        dnnl.engine(),
                                        to,
                                        dnnl.engine(),
                                        attributes())));
    }

    /**
     * Appends post-ops.
     *
     * @param view their operands as the primitive sees its result
     */
    void then(List<PostOp> operations, UnaryOperator<Operand> view) {
        for (PostOp operation : operations) {
            if (operation instanceof PostOp.Apply apply) {
                then(apply.activation());
            } else if (operation instanceof PostOp.Combine combine) {
                Operand operand = view.apply(combine.operand());
                thenBinary(algorithm(combine.kind()), operand);
            }
        }
    }

    void then(Activation activation) {
        eltwise(algorithm(activation), alpha(activation));
    }

    void thenScale(double factor) {
        eltwise(dnnl_eltwise_linear, (float) factor);
    }

    private void eltwise(int algorithm, float alpha) {
        Native.check(dnnl_post_ops_append_eltwise(postOps, algorithm, alpha, 0), "post-op");
        postOpCount++;
    }

    void thenBinary(int algorithm, dnnl_memory_desc form, long address) {
        argument(postOp(algorithm, form), form, address);
    }

    void thenBinary(int algorithm, Operand operand) {
        thenBinary(algorithm, form(operand), memory.address(operand));
    }

    void thenBinary(int algorithm, Layout layout, Place place) {
        int number = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (postOpCount + 1) | DNNL_ARG_SRC_1;
        postOp(algorithm, argument(number, layout, place));
    }

    /** Appends a post-op; the argument number of its operand. */
    private int postOp(int algorithm, dnnl_memory_desc form) {
        Native.check(dnnl_post_ops_append_binary(postOps, algorithm, form), "post-op");
        return DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * ++postOpCount | DNNL_ARG_SRC_1;
    }

    static int algorithm(BinaryKind kind) {
        return switch (kind) {
            case ADD -> dnnl_binary_add;
            case SUBTRACT -> dnnl_binary_sub;
            case MULTIPLY -> dnnl_binary_mul;
            case DIVIDE -> dnnl_binary_div;
        };
    }

    /** The factor in swish's x sigmoid(alpha x), but the slope of relu below zero. */
    static float alpha(Activation activation) {
        return activation == Activation.SILU ? 1 : 0;
    }

    static int algorithm(Activation activation) {
        return switch (activation) {
            case SILU -> dnnl_eltwise_swish;
            case GELU -> dnnl_eltwise_gelu_erf;
            case SIGMOID -> dnnl_eltwise_logistic;
            case TANH -> dnnl_eltwise_tanh;
            case RELU -> dnnl_eltwise_relu;
        };
    }

    /** Attributes with all post-ops so far. */
    dnnl_primitive_attr attributes() {
        Native.check(dnnl_primitive_attr_set_post_ops(attributes, postOps), "post-ops");
        return attributes;
    }

    /**
     * The description of the primitive.
     *
     * @param creation calls oneDNN with the object to fill
     * @throws UnsupportedPrimitive if there is no such primitive
     */
    dnnl_primitive_desc describe(String what, ToIntFunction<dnnl_primitive_desc> creation) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        Native.check(creation.applyAsInt(description), what);
        return resources.own(description, () -> dnnl_primitive_desc_destroy(description));
    }

    /** The call, which owns all that was made here. */
    PrimitiveCall call(dnnl_primitive_desc description) {
        return PrimitiveCall.of(dnnl, resources, description, arguments, scratchpad);
    }
}
