// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import onnx.OnnxMl.TensorProto;
import org.bytedeco.javacpp.BytePointer;

/**
 * The files that hold a model: the ONNX file, and those with external data beside it.
 *
 * <p>The ONNX file is mapped for its structure, of which protobuf's byte fields are views; their
 * contents are then read from the file at the place the view shows, so that weights become resident
 * once, in their array. See docs/decisions/0009.
 */
final class TensorFiles {

    /** Bytes that small files may give more than twice. */
    private static final long SHARED = 1 << 20;

    private final Path model;
    private final ByteBuffer structure;

    /** How much of each external file tensors hold. */
    private final Map<Path, Long> held = new TreeMap<>();

    private TensorFiles(Path model, ByteBuffer structure) {
        this.model = model;
        this.structure = structure;
    }

    /**
     * @throws ImportException if there is no such file, or it is larger than protobuf allows
     */
    static TensorFiles open(Path model) {
        if (Files.exists(model) && !Files.isRegularFile(model)) {
            throw new ImportException(model + ": is not a file");
        }
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new ImportException(
                        model
                                + ": is larger than 2 GB, the limit of one ONNX file; save it with"
                                + " external data (onnx.save with save_as_external_data=True)");
            }
            return new TensorFiles(
                    model, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (NoSuchFileException e) {
            throw new ImportException(model + ": no such file", e);
        } catch (IOException e) {
            throw new ImportException(model + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Of a model that was not read from an ONNX file. */
    static TensorFiles none() {
        return new TensorFiles(Path.of(""), ByteBuffer.allocate(0));
    }

    /** The bytes of the ONNX file. */
    ByteBuffer structure() {
        return structure;
    }

    /** The files with external data that have been read, sorted. */
    List<Path> externalFiles() {
        return List.copyOf(held.keySet());
    }

    /**
     * The raw bytes of a tensor; none if it holds its values in typed fields.
     *
     * @param what for the message: which tensor of which file
     * @throws ImportException if they lie outside the model's folder, or beyond the end of a file
     */
    TensorBytes bytes(TensorProto tensor, String what) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            return span(ExternalData.find(model, tensor, what), what);
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer();
        if (raw.remaining() == 0 || !raw.isDirect()) {
            return TensorBytes.of(raw);
        }
        long offset = address(raw) - address(structure);
        return new FileSpan(model, offset, raw.remaining());
    }

    private static long address(ByteBuffer buffer) {
        BytePointer pointer = new BytePointer(buffer);
        return pointer.address() + pointer.position();
    }

    private TensorBytes span(ExternalData data, String what) {
        try {
            long size = Files.size(data.file());
            long length = data.length() < 0 ? Math.max(0, size - data.offset()) : data.length();
            if (data.offset() > size || length > size - data.offset()) {
                throw new ImportException(
                        what
                                + " lies in bytes "
                                + data.offset()
                                + " to "
                                + (data.length() < 0 ? "the end" : data.offset() + "+" + length)
                                + " of "
                                + data.file().getFileName()
                                + ", which has only "
                                + size);
            }
            requireFew(data.file(), length, size, what);
            return new FileSpan(data.file(), data.offset(), length);
        } catch (IOException e) {
            throw new ImportException(data.file() + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Tensors may share bytes, but thousands that share a small file would fill any memory. */
    private void requireFew(Path file, long length, long size, String what) {
        if (held.merge(file, length, Long::sum) > 2 * size + SHARED) {
            throw new ImportException(
                    what
                            + " and those before it hold more than twice the bytes of "
                            + file.getFileName()
                            + "; the model may be damaged");
        }
    }
}
