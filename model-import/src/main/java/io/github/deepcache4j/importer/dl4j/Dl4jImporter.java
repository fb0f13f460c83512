// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Imports DL4J networks, whether written in DL4J, taken from its zoo or made by its {@code
 * KerasModelImport}.
 *
 * <pre>{@code
 * ModelSource source = Dl4jImporter.of(network);
 * UNet unet = UNetImporter.load(source, ImportOptions.none().withShape("image", 1, 3, 64, 64));
 * }</pre>
 *
 * <p>The graph computes what {@code network.output} does: dropout is off, batch normalisation uses
 * its recorded statistics. A DL4J network does not know the sizes of its inputs; they are given
 * when it is imported. Needs {@code org.deeplearning4j:deeplearning4j-nn}.
 */
public final class Dl4jImporter {

    private Dl4jImporter() {}

    /**
     * A network in memory. Its parameters are copied: training it further does not change the
     * import.
     *
     * @throws ImportException if layers, vertices or options are not supported; lists all of them
     */
    public static ModelSource of(ComputationGraph network) {
        return source(network, provenance(network, "ComputationGraph"));
    }

    /**
     * A network in memory; its input is called {@code input}, the last layer {@code output}.
     *
     * @throws ImportException if layers or options are not supported; lists all of them
     */
    public static ModelSource of(MultiLayerNetwork network) {
        ComputationGraph graph = network.toComputationGraph();
        return source(graph, provenance(graph, "MultiLayerNetwork"));
    }

    /**
     * A {@code .zip} that DL4J's {@code ModelSerializer} wrote.
     *
     * @throws ImportException if it is damaged, or layers, vertices or options are not supported
     */
    public static ModelSource open(Path zip) {
        ComputationGraph network = NetworkFile.read(zip);
        return source(network, Provenance.of(zip, List.of(), "DL4J", "DL4J ModelSerializer"));
    }

    private static ModelSource source(ComputationGraph network, Provenance provenance) {
        return ImportException.guarded(
                provenance.file(), () -> new NetworkLowering(network, provenance).lower());
    }

    private static Provenance provenance(ComputationGraph network, String kind) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String configuration = network.getConfiguration().toJson();
            digest.update(configuration.getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, INDArray> parameter : network.paramTable().entrySet()) {
                digest.update(parameter.getKey().getBytes(StandardCharsets.UTF_8));
                digest.update(bytes(parameter.getValue()));
            }
            return new Provenance(
                    kind, HexFormat.of().formatHex(digest.digest()), "DL4J", "in memory");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] bytes(INDArray array) {
        float[] numbers = array.dup('c').data().asFloat();
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }
}
