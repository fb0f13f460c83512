// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ObjLongConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.buffer.DataBuffer;

/**
 * The raw bytes of one tensor, little-endian, wherever they lie. They are read in pieces, straight
 * into memory outside the Java heap.
 */
interface TensorBytes {

    /** Large enough to read at the disk's speed, small beside any model; a multiple of 8. */
    int PIECE = 1 << 24;

    long length();

    /**
     * Fills a buffer.
     *
     * @param from first byte to read
     */
    void read(long from, ByteBuffer target);

    /** Copies all bytes into an array's buffer, which is as long. */
    default void copyTo(DataBuffer target) {
        for (long from = 0; from < length(); from += PIECE) {
            long to = Math.min(length(), from + PIECE);
            // a ByteBuffer cannot reach beyond 2 GB, a pointer can
            BytePointer piece = new BytePointer(target.pointer());
            read(from, piece.position(from).limit(to).asByteBuffer());
        }
    }

    /** Hands all bytes over piece by piece, with the place of the piece's first byte. */
    default void pieces(ObjLongConsumer<ByteBuffer> reader) {
        int size = (int) Math.min(PIECE, length());
        ByteBuffer piece = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        for (long from = 0; from < length(); from += size) {
            piece.clear().limit((int) Math.min(size, length() - from));
            read(from, piece);
            reader.accept(piece.flip(), from);
        }
    }

    /** Bytes that are in memory already. */
    static TensorBytes of(ByteBuffer bytes) {
        return new TensorBytes() {
            @Override
            public long length() {
                return bytes.remaining();
            }

            @Override
            public void read(long from, ByteBuffer target) {
                int count = target.remaining();
                target.put(target.position(), bytes, bytes.position() + (int) from, count);
                target.position(target.limit());
            }
        };
    }
}
