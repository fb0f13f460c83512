// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Bytes in a file, read when asked for: a mapping would stay resident beside the arrays. The file
 * is opened for each piece, so that nothing need be closed.
 */
record FileSpan(Path file, long offset, long length) implements TensorBytes {

    @Override
    public void read(long from, ByteBuffer target) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long place = offset + from;
            while (target.hasRemaining()) {
                int count = channel.read(target, place);
                if (count < 0) {
                    throw new ImportException(file + ": became shorter while it was read");
                }
                place += count;
            }
        } catch (IOException e) {
            throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
