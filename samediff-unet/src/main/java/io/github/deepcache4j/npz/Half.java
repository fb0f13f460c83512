// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

/** IEEE 754 binary16 bits to float and back; {@code Float.float16ToFloat} came with Java 20. */
public final class Half {

    /** 2^-24, the smallest subnormal. */
    private static final float ULP_OF_SUBNORMALS = 0x1p-24f;

    private Half() {}

    /** The value of the bits, exactly. */
    public static float toFloat(short half) {
        int exponent = (half >> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> mantissa * ULP_OF_SUBNORMALS;
                    case 31 -> mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Float.intBitsToFloat(((exponent + 112) << 23) | (mantissa << 13));
                };
        return half < 0 ? -magnitude : magnitude;
    }

    /** Bits of a value that binary16 holds exactly, as any element of a HALF array is. */
    static short fromFloat(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return 0x7e00;
        }
        if (magnitude == Float.POSITIVE_INFINITY) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) (magnitude / ULP_OF_SUBNORMALS));
        }
        return (short) (sign | (((bits >>> 13) & 0x3ffff) - (112 << 10)));
    }
}
