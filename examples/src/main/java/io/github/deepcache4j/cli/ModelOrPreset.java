// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model's file, or the name of a network that is built with drawn weights. */
final class ModelOrPreset {

    private static final String TEXT = "encoder_hidden_states";

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = ModelOptions.MODEL)
    private @Nullable Path model;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "Instead of MODEL: a network built here, with drawn weights.")
    private @Nullable String preset;

    @Option(
            names = "--shape",
            paramLabel = "NAME=2x4x64x64",
            description =
                    "Sizes of an input whose sizes the file leaves open, or of a preset's sample or "
                            + TEXT
                            + "; repeatable.")
    private Map<String, Shape> shapes = new LinkedHashMap<>();

    @Option(names = "--port", paramLabel = "ROLE=NAME", description = ModelOptions.PORT)
    private Map<String, String> ports = new LinkedHashMap<>();

    boolean isPreset() {
        return preset != null;
    }

    /**
     * The model, or the preset's network with weights of seed 0.
     *
     * @throws UserError if both or none are given, or there is no such preset
     */
    LoadedModel load() {
        if ((model == null) == (preset == null)) {
            throw new UserError(
                    "give either a MODEL or --preset with one of "
                            + String.join(", ", UNetPresets.names()));
        }
        return preset == null ? load(model()) : build(preset);
    }

    private LoadedModel load(Path file) {
        return LoadedModel.load(file, new ImportOptions(shapes, ports));
    }

    private Path model() {
        if (model == null) {
            throw new IllegalStateException("a preset has no file");
        }
        return model;
    }

    /** As {@link ModelOptions#onnxFile(String)}. */
    Path onnxFile(String otherwise) {
        return ModelOptions.onnxFile(model(), otherwise);
    }

    private LoadedModel build(String name) {
        if (!ports.isEmpty()) {
            throw new UserError("--port is for files: what a preset's inputs are is known");
        }
        try {
            UNetConfig config = UNetPresets.named(name);
            UNet unet = UNetBuilder.inference(config, sizes(config), 0);
            UNetPorts known = unet.ports();
            // no bytes, so no digest of them
            Provenance provenance = new Provenance(name, "", "preset", "weights drawn from seed 0");
            return LoadedModel.of(
                    new ImportedGraph(
                            unet.sameDiff(), known.inputs(), List.of(known.output()), provenance),
                    unet);
        } catch (IllegalArgumentException e) {
            throw new UserError("--preset " + name + ": " + e.getMessage(), e);
        }
    }

    /** The configuration's own sizes, but where --shape says otherwise. */
    private InputSizes sizes(UNetConfig config) {
        InputSizes own = InputSizes.of(config, 1);
        Shape sample =
                shape(
                        "sample",
                        Shape.of(own.batch(), config.inChannels(), own.height(), own.width()),
                        1);
        long tokens = own.tokens();
        if (config.crossAttentionDim().isPresent()) {
            long width = config.crossAttentionDim().getAsInt();
            Shape text = shape(TEXT, Shape.of(sample.size(0), own.tokens(), width), 2);
            if (text.size(0) != sample.size(0)) {
                throw new UserError(
                        "--shape: sample has batch " + sample.size(0) + ", " + TEXT + " " + text);
            }
            tokens = text.size(1);
        }
        shapes.keySet().stream()
                .filter(name -> !List.of("sample", TEXT).contains(name))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new UserError(
                                    "--shape " + name + ": give sample or " + TEXT + " alone");
                        });
        return new InputSizes(sample.size(0), sample.size(2), sample.size(3), tokens);
    }

    /**
     * What --shape gives for an input.
     *
     * @param fixed the axis that the configuration fixes
     */
    private Shape shape(String name, Shape own, int fixed) {
        Shape given = shapes.getOrDefault(name, own);
        if (given.rank() != own.rank() || given.size(fixed) != own.size(fixed)) {
            throw new UserError(
                    "--shape " + name + "=" + given + ": the preset takes sizes like " + own);
        }
        return given;
    }
}
