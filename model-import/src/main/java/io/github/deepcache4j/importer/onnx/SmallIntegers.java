// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Integers of 8 bits, in which quantised models keep their weights.
 *
 * <p>Only operators that move or convert them take them: arithmetic in them wraps around in ONNX,
 * and does something else in ND4J.
 */
final class SmallIntegers {

    private static final Set<DataType> TYPES = Set.of(DataType.BYTE, DataType.UBYTE);

    private static final Set<String> SAFE =
            Set.of(
                    "Cast",
                    "CastLike",
                    "DequantizeLinear",
                    "Flatten",
                    "Identity",
                    "QuantizeLinear",
                    "Reshape",
                    "Squeeze",
                    "Transpose",
                    "Unsqueeze");

    private SmallIntegers() {}

    static boolean is(DataType type) {
        return TYPES.contains(type);
    }

    static void requireSafe(Emission e, int operand) {
        if (is(e.type(operand)) && !SAFE.contains(e.node().op())) {
            throw e.refuse(
                    "operand "
                            + operand
                            + " of element type "
                            + e.type(operand)
                            + " is not supported");
        }
    }
}
