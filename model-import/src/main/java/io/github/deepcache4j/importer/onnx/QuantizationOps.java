// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Quantisation to integers of 8 bits and back, with a scale for the tensor, for each slice of an
 * axis, or for each block of an axis. Weights are dequantised once, at import, since all operands
 * are known then.
 */
final class QuantizationOps {

    private QuantizationOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "DequantizeLinear", QuantizationOps::dequantize,
                "QuantizeLinear", QuantizationOps::quantize);
    }

    /** (x - zero point) scale. */
    private static List<SDVariable> dequantize(Emission e) {
        e.requireType(0, DataType.BYTE, DataType.UBYTE, DataType.INT);
        e.requireType(1, DataType.FLOAT);
        e.ignore("output_dtype");
        SDVariable x = e.in(0).castTo(DataType.FLOAT);
        SDVariable shifted = e.has(2) ? x.sub(spread(e, 2).castTo(DataType.FLOAT)) : x;
        return List.of(shifted.mul(spread(e, 1)));
    }

    /** round(x / scale) + zero point, as near as the type comes to it. */
    private static List<SDVariable> quantize(Emission e) {
        e.requireType(0, DataType.FLOAT);
        e.requireType(1, DataType.FLOAT);
        e.ignore("saturate");
        e.requireInteger("precision", 0);
        DataType type = e.has(2) ? e.type(2) : outputType(e);
        e.ignore("output_dtype");
        if (!SmallIntegers.is(type)) {
            throw e.refuse("quantising to " + type + " is not supported");
        }
        SDVariable steps = ElementwiseOps.halfToEven(e, e.in(0).div(spread(e, 1)));
        SDVariable shifted = e.has(2) ? steps.add(spread(e, 2).castTo(DataType.FLOAT)) : steps;
        boolean signed = type == DataType.BYTE;
        SDVariable clipped =
                e.sameDiff().math().clipByValue(shifted, signed ? -128 : 0, signed ? 127 : 255);
        return List.of(clipped.castTo(type));
    }

    private static DataType outputType(Emission e) {
        int type = Math.toIntExact(e.integer("output_dtype", 0));
        return type == 0
                ? DataType.UBYTE
                : OnnxTensors.type(type).orElseThrow(() -> e.refuse(OnnxTensors.unsupported(type)));
    }

    /** A scale or zero point in a shape that broadcasts to the first operand. */
    private static SDVariable spread(Emission e, int operand) {
        Shape x = e.shape(0);
        Shape own = e.shape(operand);
        long block = e.integer("block_size", 0);
        long axis = e.integer("axis", 1);
        if (own.elements() == 1 && own.rank() <= 1) {
            return e.reshape(e.in(operand), Shape.of());
        }
        int along = e.normalize(axis, x.rank());
        if (own.rank() == 1 && block == 0) {
            List<Long> sizes = new ArrayList<>(Collections.nCopies(x.rank(), 1L));
            sizes.set(along, own.size(0));
            return e.reshape(e.in(operand), new Shape(sizes));
        }
        return inBlocks(e, operand, along, block);
    }

    /** Each number repeated for the elements of its block. */
    private static SDVariable inBlocks(Emission e, int operand, int axis, long block) {
        Shape x = e.shape(0);
        Shape own = e.shape(operand);
        if (own.rank() != x.rank() || block < 1 || own.size(axis) * block != x.size(axis)) {
            throw e.refuse(
                    "attribute block_size="
                            + block
                            + " with a scale of shape "
                            + own
                            + " for "
                            + x
                            + " is not supported");
        }
        List<Long> apart = new ArrayList<>(own.sizes());
        apart.add(axis + 1, 1L);
        List<Long> wide = new ArrayList<>(apart);
        wide.set(axis + 1, block);
        SDVariable parts = e.reshape(e.in(operand), new Shape(apart));
        return e.reshape(Broadcasting.expand(e, parts, new Shape(wide)), x);
    }
}
