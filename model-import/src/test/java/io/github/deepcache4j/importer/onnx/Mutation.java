// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.Arrays;
import java.util.Random;

/** A copy of some bytes with a few of them changed, the same for the same seed. */
final class Mutation {

    private static final int[] TELLING = {0, 1, 2, 3, 4, 7, 8, 16, 32, 63, 64, 127, 128, 254, 255};

    private Mutation() {}

    /** One to three changes: bits, bytes, and pieces that are dropped, repeated or moved. */
    static byte[] of(byte[] original, long seed) {
        Random random = new Random(seed);
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            bytes = change(bytes, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, Random random) {
        int place = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(24, bytes.length - place));
        switch (random.nextInt(8)) {
            case 0, 1 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[place] = (byte) random.nextInt(256);
            case 3, 4 -> bytes[place] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 5 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
                System.arraycopy(bytes, place + length, shorter, place, shorter.length - place);
                return shorter;
            }
            case 6 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
                System.arraycopy(bytes, place, longer, place + length, bytes.length - place);
                return longer;
            }
            default -> {
                int to = random.nextInt(bytes.length - length + 1);
                System.arraycopy(bytes.clone(), place, bytes, to, length);
            }
        }
        return bytes;
    }
}
