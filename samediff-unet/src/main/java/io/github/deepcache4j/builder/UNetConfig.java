// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.graph.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a diffusers U-Net, {@code UNet2DModel} or {@code UNet2DConditionModel}, with
 * diffusers' field names and defaults (0.37.0).
 *
 * <pre>
 *   UNetConfig digits = UNetConfig.builder("UNet2DModel")
 *           .set("sample_size", 32).set("in_channels", 1).set("out_channels", 1)
 *           .set("block_out_channels", List.of(32, 64))
 *           .set("down_block_types", List.of("DownBlock2D", "AttnDownBlock2D"))
 *           .set("up_block_types", List.of("AttnUpBlock2D", "UpBlock2D"))
 *           .build();
 * </pre>
 *
 * <p>What a field holds that cannot be built is refused by name, as is a field that neither class
 * has: left out, it would give another network than the file describes.
 */
public final class UNetConfig {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private final UNetClass kind;
    private final Map<String, JsonNode> values;
    private final Architecture architecture;

    private UNetConfig(UNetClass kind, Map<String, JsonNode> values, List<String> faults) {
        this.kind = kind;
        this.values = values;
        if (faults.isEmpty()) {
            faults.addAll(ArchitectureFaults.of(kind, this));
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(kind.className() + ": " + String.join("; ", faults));
        }
        this.architecture = Architecture.of(kind, this);
    }

    /**
     * A configuration made field by field, from diffusers' defaults.
     *
     * @param className {@code UNet2DModel} or {@code UNet2DConditionModel}
     * @throws IllegalArgumentException if it is neither
     */
    public static Builder builder(String className) {
        return new Builder(
                UNetClass.find(className)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "_class_name "
                                                        + className
                                                        + " is not supported ("
                                                        + String.join(", ", UNetClass.names())
                                                        + ")")));
    }

    /**
     * Reads diffusers' {@code config.json}.
     *
     * @throws IOException if the file cannot be read, is not JSON, or describes what cannot be
     *     built; all faults are in one message
     */
    public static UNetConfig read(Path file) throws IOException {
        try {
            JsonNode root = MAPPER.readTree(Files.readString(file));
            if (root == null || !root.isObject()) {
                throw new IOException(file + ": not a JSON object, as config.json is");
            }
            JsonNode name = root.path("_class_name");
            if (!name.isTextual()) {
                throw new IOException(file + ": has no _class_name");
            }
            Builder builder = builder(name.textValue());
            root.fields()
                    .forEachRemaining(
                            field -> {
                                if (!field.getKey().startsWith("_")) {
                                    builder.put(field.getKey(), field.getValue());
                                }
                            });
            return builder.build();
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file", e);
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Writes diffusers' {@code config.json}, with every field. */
    public void write(Path file) throws IOException {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("_class_name", kind.className());
        root.setAll(values);
        MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    }

    /** {@code UNet2DModel} or {@code UNet2DConditionModel}. */
    public String className() {
        return kind.className();
    }

    public int inChannels() {
        return whole("in_channels");
    }

    public int outChannels() {
        return whole("out_channels");
    }

    /** Height and width that the network was made for; none if the configuration leaves it open. */
    public Optional<Shape> sampleSize() {
        JsonNode size = value("sample_size");
        return size.isNull()
                ? Optional.empty()
                : Optional.of(
                        size.isArray()
                                ? Shape.of(size.get(0).asLong(), size.get(1).asLong())
                                : Shape.of(size.asLong(), size.asLong()));
    }

    /** Number of classes that {@code class_labels} picks from; none if it has no table. */
    public OptionalInt numClassEmbeds() {
        return value("class_embed_type").isNull()
                ? optionalWhole("num_class_embeds")
                : OptionalInt.empty();
    }

    /** Width of {@code encoder_hidden_states}; none if the network takes no text. */
    public OptionalInt crossAttentionDim() {
        return architecture.crossAttentionWidth();
    }

    Architecture architecture() {
        return architecture;
    }

    JsonNode value(String field) {
        return values.getOrDefault(field, NullNode.instance);
    }

    int whole(String field) {
        return value(field).asInt();
    }

    OptionalInt optionalWhole(String field) {
        return value(field).isNull() ? OptionalInt.empty() : OptionalInt.of(whole(field));
    }

    boolean flag(String field) {
        return value(field).asBoolean();
    }

    String word(String field) {
        return value(field).asText();
    }

    List<String> words(String field) {
        return elements(field).map(JsonNode::asText).toList();
    }

    /** Numbers of a list; a single number stands for as many as there are levels. */
    List<Integer> wholes(String field, int levels) {
        JsonNode value = value(field);
        return value.isArray()
                ? elements(field).map(JsonNode::asInt).toList()
                : Collections.nCopies(levels, value.asInt());
    }

    private Stream<JsonNode> elements(String field) {
        return StreamSupport.stream(value(field).spliterator(), false);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UNetConfig config
                && kind == config.kind
                && values.equals(config.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return kind.className() + values;
    }

    /** Collects fields; what is not set has diffusers' default. */
    public static final class Builder {

        private final UNetClass kind;
        private final Map<String, JsonNode> values = new LinkedHashMap<>();
        private final List<String> faults = new ArrayList<>();

        private Builder(UNetClass kind) {
            this.kind = kind;
            kind.fields().forEach(field -> values.put(field.name(), field.otherwise()));
        }

        /**
         * Sets a field.
         *
         * @param value a number, word, truth value, list of these, or null for diffusers' None
         */
        public Builder set(String field, @Nullable Object value) {
            return put(field, MAPPER.valueToTree(value));
        }

        private Builder put(String name, JsonNode value) {
            Optional<ConfigField> field =
                    kind.fields().stream().filter(f -> f.name().equals(name)).findFirst();
            if (field.isEmpty()) {
                faults.add(name + " " + value + " is not understood");
            } else if (!field.get().rule().accepts(value)) {
                faults.add(
                        name
                                + " "
                                + value
                                + " is not supported ("
                                + field.get().rule().supported()
                                + ")");
            }
            values.put(name, value);
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if fields are unknown, cannot be built or do not fit
         *     together; all faults are in one message
         */
        public UNetConfig build() {
            return new UNetConfig(kind, new LinkedHashMap<>(values), new ArrayList<>(faults));
        }
    }
}
