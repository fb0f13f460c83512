// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.npz.Half;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A {@code .safetensors} file: the length of a JSON header, the header, then the numbers of all
 * tensors, little endian, in C order.
 *
 * <p>F32, F16 and BF16 are read, as FLOAT; F32 is written. Other types are refused by name.
 */
public final class SafetensorsFile {

    private static final String METADATA = "__metadata__";
    private static final int LENGTH_BYTES = 8;

    /** The limit of the reference implementation. */
    private static final long LONGEST_HEADER = 100_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsFile() {}

    /**
     * Reads all tensors.
     *
     * @return FLOAT arrays in C order, by name, in the header's order
     * @throws IOException if the file is missing or damaged, or holds tensors of another type; one
     *     line that names the file and every such tensor
     */
    public static Map<String, INDArray> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = headerLength(file, channel);
            JsonNode header = header(file, channel, length);
            long base = LENGTH_BYTES + length;
            Map<String, INDArray> tensors = new LinkedHashMap<>();
            List<String> faults = new ArrayList<>();
            for (Map.Entry<String, JsonNode> entry : header.properties()) {
                if (!entry.getKey().equals(METADATA)) {
                    try {
                        tensors.put(entry.getKey(), tensor(channel, base, entry.getValue()));
                    } catch (IllegalArgumentException e) {
                        faults.add(entry.getKey() + " " + e.getMessage());
                    }
                }
            }
            if (!faults.isEmpty()) {
                throw new IOException(file + ": " + String.join("; ", faults));
            }
            return tensors;
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        }
    }

    private static long headerLength(Path file, FileChannel channel) throws IOException {
        ByteBuffer length = bytes(channel, 0, LENGTH_BYTES);
        long size = length.remaining() < LENGTH_BYTES ? -1 : length.getLong();
        if (size < 2 || size > LONGEST_HEADER || size > channel.size() - LENGTH_BYTES) {
            throw new IOException(
                    file + ": is not a safetensors file (a header of " + size + " bytes)");
        }
        return size;
    }

    private static JsonNode header(Path file, FileChannel channel, long length) throws IOException {
        byte[] text = new byte[Math.toIntExact(length)];
        bytes(channel, LENGTH_BYTES, length).get(text);
        try {
            JsonNode header = JSON.readTree(new String(text, StandardCharsets.UTF_8));
            if (!header.isObject()) {
                throw new IOException(file + ": is not a safetensors file (header is no object)");
            }
            return header;
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": is not a safetensors file (header: " + e.getOriginalMessage() + ")",
                    e);
        }
    }

    private static INDArray tensor(FileChannel channel, long base, JsonNode entry)
            throws IOException {
        String type = entry.path("dtype").asText();
        int width =
                switch (type) {
                    case "F32" -> 4;
                    case "F16", "BF16" -> 2;
                    default ->
                            throw new IllegalArgumentException(
                                    "is of type " + type + "; F32, F16 and BF16 are supported");
                };
        List<Long> sizes = new ArrayList<>();
        entry.path("shape").forEach(size -> sizes.add(size.asLong(-1)));
        long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        long count = 1;
        for (long size : shape) {
            count = size < 0 ? -1 : Math.multiplyExact(count, size);
        }
        if (begin < 0 || end > channel.size() - base || count < 0 || end - begin != count * width) {
            throw new IllegalArgumentException(
                    "has shape "
                            + sizes
                            + " and lies at bytes "
                            + begin
                            + " to "
                            + end
                            + " of "
                            + (channel.size() - base));
        }
        float[] values = new float[Math.toIntExact(count)];
        ByteBuffer bytes = bytes(channel, base + begin, end - begin);
        switch (type) {
            case "F32" -> bytes.asFloatBuffer().get(values);
            case "F16" -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Half.toFloat(bytes.getShort());
                }
            }
            default -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
                }
            }
        }
        return shape.length == 0 ? Nd4j.scalar(values[0]) : Nd4j.create(values, shape, 'c');
    }

    private static ByteBuffer bytes(FileChannel channel, long from, long count) throws IOException {
        long there = Math.max(0, Math.min(count, channel.size() - from));
        return channel.map(FileChannel.MapMode.READ_ONLY, from, there)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes tensors, in the map's order.
     *
     * @param tensors FLOAT, by name
     * @param metadata text for people, by name; {@code format} should be {@code pt}, or diffusers
     *     refuses the file
     * @throws IllegalArgumentException if a tensor is of another type
     */
    public static void write(Path file, Map<String, INDArray> tensors, Map<String, String> metadata)
            throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.set(METADATA, JSON.valueToTree(metadata));
        long offset = 0;
        for (Map.Entry<String, INDArray> tensor : tensors.entrySet()) {
            INDArray array = tensor.getValue();
            if (array.dataType() != DataType.FLOAT) {
                throw new IllegalArgumentException(
                        tensor.getKey() + " is " + array.dataType() + "; only FLOAT is written");
            }
            long end = offset + Float.BYTES * array.length();
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", "F32");
            entry.set("shape", JSON.valueToTree(array.shape()));
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        int padded = (text.length + LENGTH_BYTES - 1) / LENGTH_BYTES * LENGTH_BYTES;
        ByteBuffer head = ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, head.flip());
            for (INDArray array : tensors.values()) {
                float[] values = array.dup('c').data().asFloat();
                ByteBuffer bytes =
                        ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                                .order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                writeFully(channel, bytes);
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
