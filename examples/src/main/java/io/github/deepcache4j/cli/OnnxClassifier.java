// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.samediff.SameDiffEngine;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.metrics.ExtractedFeatures;
import io.github.deepcache4j.metrics.FeatureExtractor;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An image classifier from an ONNX file: one input of images, outputs {@code logits [batch,
 * classes]} and {@code features [batch, d]}.
 */
final class OnnxClassifier implements FeatureExtractor, AutoCloseable {

    private static final String LOGITS = "logits";
    private static final String FEATURES = "features";
    private static final int MOST_IMAGES = 100;

    private final CompiledGraph graph;
    private final String input;
    private final int batch;

    private OnnxClassifier(CompiledGraph graph, String input, int batch) {
        this.graph = graph;
        this.input = input;
        this.batch = batch;
    }

    /**
     * Reads a classifier.
     *
     * @param image sizes of an image, {@code [channels, height, width]}
     * @param count images that will be looked at together
     * @throws UserError if it has other inputs or outputs, or takes other images
     */
    static OnnxClassifier read(Path file, Shape image, int count) {
        List<DeclaredInput> inputs = UNetImporter.inputs(file);
        if (inputs.size() != 1 || inputs.get(0).sizes().size() != 4) {
            throw new UserError(
                    file
                            + ": a classifier has one input, images [batch, channels, height, width];"
                            + " this one has "
                            + inputs.stream().map(DeclaredInput::name).toList());
        }
        DeclaredInput images = inputs.get(0);
        int batch = (int) images.size(0).orElse(Math.min(count, MOST_IMAGES));
        long[] sizes = {batch, image.size(0), image.size(1), image.size(2)};
        for (int axis = 1; axis < sizes.length; axis++) {
            if (images.size(axis).orElse(sizes[axis]) != sizes[axis]) {
                throw new UserError(
                        file
                                + ": the classifier takes images of "
                                + String.join("x", images.sizes().subList(1, 4))
                                + ", but the model makes images of "
                                + image
                                + "; name another by --classifier");
            }
        }
        ImportedGraph imported =
                UNetImporter.graph(file, ImportOptions.none().withShape(images.name(), sizes));
        List<String> outputs = imported.outputs().stream().map(Port::name).toList();
        if (!outputs.containsAll(List.of(LOGITS, FEATURES))) {
            throw new UserError(
                    file
                            + ": a classifier has outputs named logits and features; this one has "
                            + outputs);
        }
        CompiledGraph graph =
                new SameDiffEngine()
                        .compile(
                                imported.sameDiff(),
                                List.of(LOGITS, FEATURES),
                                imported.inputShapes(),
                                Precision.F32);
        return new OnnxClassifier(graph, images.name(), batch);
    }

    @Override
    public ExtractedFeatures extract(INDArray images) {
        int count = (int) images.size(0);
        int[] classes = new int[count];
        List<INDArray> features = new ArrayList<>();
        for (int first = 0; first < count; first += batch) {
            int end = Math.min(first + batch, count);
            Map<String, INDArray> results = graph.run(Map.of(input, filled(images, first, end)));
            INDArray logits = Objects.requireNonNull(results.get(LOGITS));
            for (int image = first; image < end; image++) {
                classes[image] = likeliest(logits, image - first);
            }
            features.add(Rows.of(Objects.requireNonNull(results.get(FEATURES)), 0, end - first));
        }
        return new ExtractedFeatures(Nd4j.concat(0, features.toArray(INDArray[]::new)), classes);
    }

    /** Images [first, end), filled up with copies of the last to a whole batch. */
    private INDArray filled(INDArray images, int first, int end) {
        INDArray part = Rows.of(images, first, end);
        if (end - first == batch) {
            return part;
        }
        INDArray[] rows = new INDArray[batch - (end - first) + 1];
        java.util.Arrays.fill(rows, Rows.of(images, end - 1, end));
        rows[0] = part;
        return Nd4j.concat(0, rows);
    }

    private static int likeliest(INDArray logits, int row) {
        int best = 0;
        for (int column = 1; column < logits.size(1); column++) {
            best = logits.getDouble(row, column) > logits.getDouble(row, best) ? column : best;
        }
        return best;
    }

    @Override
    public void close() {
        graph.close();
    }
}
