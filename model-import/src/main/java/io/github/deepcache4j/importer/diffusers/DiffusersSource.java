// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.diffusers;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.DeclaredInput;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ModelSource;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.safetensors.SafetensorsFile;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A U-Net as diffusers' {@code save_pretrained} writes it, or {@code deepcache train}. */
public final class DiffusersSource implements ModelSource {

    private static final String CONFIG = "config.json";
    private static final String TEXT = "encoder_hidden_states";

    private final Path file;
    private final UNetConfig config;
    private final Map<String, INDArray> weights;

    private DiffusersSource(Path file, UNetConfig config, Map<String, INDArray> weights) {
        this.file = file;
        this.config = config;
        this.weights = weights;
    }

    /**
     * Reads a {@code .safetensors} file and the {@code config.json} beside it.
     *
     * @throws ImportException if one is missing or damaged, or they do not fit together
     */
    public static DiffusersSource open(Path file) {
        Path beside = file.resolveSibling(CONFIG);
        if (!Files.exists(beside)) {
            throw new ImportException(
                    file + ": there is no " + CONFIG + " beside it that says which network it is");
        }
        try {
            return new DiffusersSource(file, UNetConfig.read(beside), SafetensorsFile.read(file));
        } catch (IOException e) {
            throw new ImportException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * The batch is open; height and width are those of the configuration unless others are given.
     */
    @Override
    public List<DeclaredInput> inputs() {
        List<DeclaredInput> inputs = new ArrayList<>();
        for (Port port :
                built(() -> UNetBuilder.ports(config, sizes(ImportOptions.none()))).inputs()) {
            List<String> sizes = new ArrayList<>(List.of("batch"));
            IntStream.range(1, port.shape().rank())
                    .mapToObj(axis -> String.valueOf(port.shape().size(axis)))
                    .forEach(sizes::add);
            inputs.add(new DeclaredInput(port.name(), port.type(), sizes));
        }
        return inputs;
    }

    @Override
    public ImportedGraph at(ImportOptions options) {
        UNet unet = built(() -> UNetBuilder.inference(config, sizes(options), weights));
        return new ImportedGraph(
                unet.sameDiff(),
                unet.ports().inputs(),
                List.of(unet.ports().output()),
                Provenance.of(
                        file,
                        List.of(file.resolveSibling(CONFIG)),
                        "safetensors, " + config.className(),
                        "diffusers layout"));
    }

    /** Whatever does not fit is the file's fault. */
    private <T> T built(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new ImportException(file + ": " + e.getMessage(), e);
        }
    }

    private InputSizes sizes(ImportOptions options) {
        @Nullable Shape sample = options.shapes().get("sample");
        @Nullable Shape text = options.shapes().get(TEXT);
        InputSizes usual;
        if (sample == null) {
            usual = InputSizes.of(config, 1);
        } else if (sample.rank() == 4) {
            usual = new InputSizes(sample.size(0), sample.size(2), sample.size(3), 77);
        } else {
            throw new IllegalArgumentException(
                    "sample has shape " + sample + "; [batch, channels, height, width] is needed");
        }
        return text == null || text.rank() != 3
                ? usual
                : new InputSizes(usual.batch(), usual.height(), usual.width(), text.size(1));
    }
}
