// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.graph.GraphCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes files whole or not at all, and graphs only if they come back as they were. */
final class GraphFiles {

    /** FlatBuffers addresses with a signed 32-bit number; a little is left for the operations. */
    private static final long LARGEST = Integer.MAX_VALUE - (64L << 20);

    interface Writer {
        void write(Path file) throws IOException;
    }

    private GraphFiles() {}

    static void checkSavable(SameDiff graph, String file) {
        long bytes = bytes(graph.getConstantArrays()) + bytes(graph.getVariablesArrays());
        if (bytes > LARGEST) {
            throw new IllegalArgumentException(
                    file
                            + " would hold "
                            + bytes
                            + " bytes of weights; SameDiff files end at 2 GB. Import the model"
                            + " anew in each process instead of saving it");
        }
        List<String> lost = GraphCopy.lostOnSave(graph);
        if (!lost.isEmpty()) {
            throw new IllegalArgumentException(
                    file
                            + ": SameDiff would save these operations without some of their"
                            + " arguments: "
                            + lost
                            + "; write them with other operations");
        }
    }

    private static long bytes(ArrayHolder holder) {
        return Stream.ofNullable(holder.arrayNames())
                .flatMap(names -> names.stream())
                .map(holder::getArray)
                .mapToLong(array -> array.length() * array.dataType().width())
                .sum();
    }

    /** Writes beside the target and moves over it, so that no half file is ever seen. */
    static void write(Path target, Writer writer) throws IOException {
        // not createTempFile: its files can be read by their owner alone, and stay so when renamed
        String name = ".deepcache-" + Long.toUnsignedString(System.nanoTime(), 36) + ".tmp";
        Path temporary = target.resolveSibling(name);
        try {
            writer.write(temporary);
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whether two arrays are equal in type, sizes and every element. */
    static boolean same(INDArray one, INDArray other) {
        return one.dataType() == other.dataType()
                && java.util.Arrays.equals(one.shape(), other.shape())
                && one.equalsWithEps(other, 0);
    }
}
