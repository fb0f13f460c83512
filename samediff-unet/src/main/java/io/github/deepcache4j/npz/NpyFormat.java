// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The {@code .npy} format: magic, version, the length of a header, the header as a Python
 * dictionary, the elements (numpy.lib.format, versions 1.0 to 3.0).
 */
final class NpyFormat {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** Elements start at a multiple of this, as numpy writes them. */
    private static final int ALIGNMENT = 64;

    private static final Pattern DESCR = Pattern.compile("'descr':\\s*('([^']*)'|\\[.*?\\])\\s*,");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d\\s,]*)\\)");

    private NpyFormat() {}

    static INDArray read(InputStream in) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw new NpyException("is not in .npy format (wrong magic)");
        }
        // version 1 has a 2-byte length, versions 2 and 3 a 4-byte one
        byte[] length = in.readNBytes(start[6] == 1 ? 2 : 4);
        ByteBuffer lengthBytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength =
                length.length == 2
                        ? Short.toUnsignedInt(lengthBytes.getShort())
                        : length.length == 4 ? lengthBytes.getInt() : -1;
        if (headerLength < 0) {
            throw new NpyException("is truncated in its header");
        }
        String header = new String(in.readNBytes(headerLength), StandardCharsets.UTF_8);
        Matcher descr = find(DESCR, header);
        boolean fortran = find(FORTRAN, header).group(1).equals("True");
        Matcher shape = find(SHAPE, header);
        String code = descr.group(2) == null ? descr.group(1) : descr.group(2);
        NpyType type = NpyType.of(code);
        try {
            long[] sizes =
                    Arrays.stream(shape.group(1).split(","))
                            .map(String::trim)
                            .filter(size -> !size.isEmpty())
                            .mapToLong(Long::parseLong)
                            .toArray();
            return elements(in, type, code.startsWith(">"), fortran, sizes);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new NpyException("has an impossible shape: (" + shape.group(1) + ")");
        }
    }

    private static INDArray elements(
            InputStream in, NpyType type, boolean bigEndian, boolean fortran, long[] shape)
            throws IOException {
        long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        long size = Math.multiplyExact(count, type.bytes());
        // one Java array holds the bytes
        if (size > Integer.MAX_VALUE - 8) {
            throw new NpyException("has " + size + " bytes; at most 2 GiB an array can be read");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new NpyException(
                    "is truncated: "
                            + bytes.length
                            + " of "
                            + size
                            + " bytes for "
                            + type.descr()
                            + " "
                            + Arrays.toString(shape));
        }
        if (count == 0) {
            return Nd4j.create(type.dataType(), shape);
        }
        ByteBuffer buffer =
                ByteBuffer.wrap(bytes)
                        .order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        char order = fortran ? 'f' : 'c';
        INDArray array =
                Nd4j.create(
                        type.read(buffer, (int) count),
                        shape,
                        Nd4j.getStrides(shape, order),
                        0,
                        order,
                        type.dataType());
        return fortran ? array.dup('c') : array;
    }

    private static Matcher find(Pattern pattern, String header) throws NpyException {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new NpyException("has a header that is not understood: " + header.strip());
        }
        return matcher;
    }

    /** The whole entry, version 1.0, little-endian, C order. */
    static byte[] bytes(INDArray array) {
        NpyType type = NpyType.of(array.dataType());
        String shape =
                Arrays.stream(array.shape())
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(", "));
        if (array.rank() == 1) {
            shape += ","; // a Python tuple of one
        }
        String header =
                "{'descr': '"
                        + type.descr()
                        + "', 'fortran_order': False, 'shape': ("
                        + shape
                        + "), }";
        int prefix = MAGIC.length + 4;
        int padded = (prefix + header.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
        header += " ".repeat(padded - prefix - header.length() - 1) + "\n";
        ByteBuffer to =
                ByteBuffer.allocate(
                                Math.toIntExact(
                                        Math.addExact(padded, array.length() * type.bytes())))
                        .order(ByteOrder.LITTLE_ENDIAN);
        to.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
        to.put(header.getBytes(StandardCharsets.US_ASCII));
        if (!array.isEmpty()) {
            type.write(array.dup('c').data(), to);
        }
        return to.array();
    }
}
