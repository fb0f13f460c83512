// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.deepcache4j.engine.lowering.Layout;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.Program;
import io.github.deepcache4j.engine.lowering.Step;
import io.github.deepcache4j.engine.runtime.Instruction;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A 3x3 convolution by minimal filtering, F(2x2, 3x3) of Lavin and Gray 2016: 16 multiplications
 * for four results instead of 36, exact up to rounding. Half as long as the direct convolution in
 * single precision, which runs at the processor's peak already.
 *
 * <pre>
 *   image ─ spread to planes ─ columns Bᵀd ─ rows (Bᵀd)B ─ 16 products with GgGᵀ ─ rows ─ columns ─ gather
 * </pre>
 *
 * <p>The transforms are sums and differences of whole planes, moved by a pixel or a row.
 */
final class WinogradCall implements Instruction {

    private final List<Instruction> calls;
    private final Resources resources;

    private WinogradCall(List<Instruction> calls, Resources resources) {
        this.calls = calls;
        this.resources = resources;
    }

    /**
     * @param after what is done to the result in place
     */
    static WinogradCall of(
            Step.Convolution step,
            Workshop outer,
            Program program,
            WinogradMemory memory,
            List<Instruction> after) {
        WinogradShape shape = WinogradShape.of(step);
        Builder builder = new Builder(step, shape, outer, memory.of(shape));
        List<Instruction> calls = new ArrayList<>();
        List<List<Instruction>> bands = new ArrayList<>();
        Instruction products = builder.products(program);
        for (long first = 0; first < shape.rows(); first += shape.band()) {
            bands.add(builder.band(first, products));
        }
        for (long image = 0; image < step.output().layout().size(0); image++) {
            calls.add(builder.spread(image));
            for (int band = 0; band < bands.size(); band++) {
                calls.addAll(bands.get(band));
                calls.add(builder.gather(image, band * shape.band()));
            }
        }
        calls.addAll(after);
        after.forEach(call -> outer.resources().own(call, call::close));
        return new WinogradCall(calls, outer.resources());
    }

    /** Makes the primitives of one step. */
    private record Builder(
            Step.Convolution step,
            WinogradShape shape,
            Workshop outer,
            WinogradMemory.Places places) {

        /** The pixels of an image to their planes; the border stays zero. */
        Instruction spread(long image) {
            long pixels = 4 * shape.rows() * shape.columns();
            List<Long> sizes = List.of(shape.rows(), 2L, shape.columns(), 2L, shape.in());
            List<Long> strides =
                    List.of(
                            shape.inRow(),
                            shape.plane() + shape.inRow(),
                            shape.in(),
                            shape.planePair() + shape.in(),
                            1L);
            Workshop workshop = outer.owned();
            Operand part = pixels(step.input(), image * pixels * shape.in(), shape.rows());
            return workshop.reorder(
                    workshop.argument(DNNL_ARG_FROM, part),
                    workshop.argument(DNNL_ARG_TO, new Layout(sizes, strides), places.planes()));
        }

        /** The results of a band of tiles to the pixels of an image. */
        Instruction gather(long image, long first) {
            List<Long> sizes = List.of(shape.band(), 2L, shape.columns(), 2L, shape.out());
            List<Long> strides =
                    List.of(
                            (shape.columns() + 1) * shape.out(),
                            2 * shape.outBand(),
                            shape.out(),
                            shape.outBand(),
                            1L);
            Workshop workshop = outer.owned();
            long pixel = 4 * shape.columns() * (image * shape.rows() + first);
            Operand part = pixels(step.output(), pixel * shape.out(), shape.band());
            return workshop.reorder(
                    workshop.argument(DNNL_ARG_FROM, new Layout(sizes, strides), places.products()),
                    workshop.argument(DNNL_ARG_TO, part));
        }

        /** Rows of tiles of an image as [rows, 2, columns, 2, channels]. */
        private Operand pixels(Operand image, long offset, long rows) {
            Shape tiles = Shape.of(rows, 2, shape.columns(), 2, image.layout().size(1));
            return new Operand(
                    image.buffer(), image.type(), Layout.dense(tiles), image.offset() + offset);
        }

        /** All between spreading and gathering. */
        List<Instruction> band(long first, Instruction products) {
            WinogradTransforms transforms = new WinogradTransforms(outer);
            List<Instruction> calls = new ArrayList<>();
            long lines = shape.inBand() / shape.in();
            for (int parity = 0; parity < 2; parity++) {
                Place odd = places.planes().plus(parity * shape.plane() + first * shape.inRow());
                Place even = odd.plus(shape.planePair());
                Place to = places.lines().plus(parity * 4 * shape.inBand());
                calls.addAll(transforms.forward(even, odd, shape.in(), lines, shape.in(), to));
            }
            Place odd = places.lines();
            Place even = odd.plus(4 * shape.inBand());
            calls.addAll(
                    transforms.forward(
                            even, odd, shape.inRow(), 4 * lines, shape.in(), places.tiles()));
            calls.add(products);
            long size = shape.outBand();
            calls.addAll(
                    transforms.inverse(
                            places.products(),
                            4 * shape.places(),
                            shape.out(),
                            null,
                            places.sums()));
            for (int row = 0; row < 2; row++) {
                calls.addAll(
                        transforms.inverse(
                                places.sums().plus(row * 4 * size),
                                shape.places(),
                                shape.out(),
                                step.bias(),
                                places.products().plus(row * 2 * size)));
            }
            return calls;
        }

        /** The 16 products of transformed input and weights. */
        Instruction products(Program program) {
            Workshop workshop = outer.owned();
            Layout input =
                    new Layout(
                            List.of(16L, shape.places(), shape.in()),
                            List.of(shape.inBand(), shape.in(), 1L));
            Layout output = Layout.dense(Shape.of(16, shape.places(), shape.out()));
            dnnl_memory_desc left = workshop.argument(DNNL_ARG_SRC, input, places.tiles());
            dnnl_memory_desc target = workshop.argument(DNNL_ARG_DST, output, places.products());
            dnnl_memory_desc any =
                    workshop.anyForm(
                            step.weights()
                                    .with(Layout.dense(Shape.of(16, shape.in(), shape.out()))),
                            DataType.FLOAT);
            dnnl_primitive_desc description =
                    workshop.describe(
                            "matmul",
                            empty ->
                                    dnnl_matmul_primitive_desc_create(
                                            empty,
                                            workshop.dnnl().engine(),
                                            left,
                                            any,
                                            null,
                                            target,
                                            workshop.attributes()));
            workshop.weights(
                    DNNL_ARG_WEIGHTS,
                    step.weights(),
                    program,
                    dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0),
                    WinogradWeights.of(step.weights(), workshop));
            return workshop.call(description);
        }
    }

    @Override
    public void run() {
        for (int i = 0; i < calls.size(); i++) {
            calls.get(i).run();
        }
    }

    @Override
    public String kernel() {
        return "winograd on brg_matmul";
    }

    @Override
    public void close() {
        resources.close();
    }
}
