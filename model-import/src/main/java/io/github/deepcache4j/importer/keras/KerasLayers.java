// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The layer classes the importer knows; immutable. */
public final class KerasLayers {

    /** Before the names of the functions of {@code keras.ops}. */
    static final String OPERATIONS = "keras.ops>";

    private final Map<String, KerasLayerImporter> classes;

    private KerasLayers(Map<String, KerasLayerImporter> classes) {
        this.classes = classes;
    }

    /** All layers and functions of this project. */
    public static KerasLayers standard() {
        Map<String, KerasLayerImporter> classes = new HashMap<>();
        classes.putAll(ActivationLayers.all());
        classes.putAll(AttentionLayers.all());
        classes.putAll(ConvolutionLayers.all());
        classes.putAll(DenseLayers.all());
        classes.putAll(MergeLayers.all());
        classes.putAll(NormalizationLayers.all());
        classes.putAll(PoolingLayers.all());
        classes.putAll(ResizingLayers.all());
        classes.putAll(ShapeLayers.all());
        classes.putAll(TransposedConvolutionLayers.all());
        ElementwiseOperations.all().forEach((name, op) -> classes.put(OPERATIONS + name, op));
        ReductionOperations.all().forEach((name, op) -> classes.put(OPERATIONS + name, op));
        ShapeOperations.all().forEach((name, op) -> classes.put(OPERATIONS + name, op));
        NetworkOperations.all().forEach((name, op) -> classes.put(OPERATIONS + name, op));
        return new KerasLayers(classes);
    }

    /**
     * These and one class more, which replaces one of the same name.
     *
     * @param layer {@code package>Class} as registered with {@code
     *     keras.saving.register_keras_serializable(package=...)}, or the name of a class; {@code
     *     Lambda} for all of these, and {@code keras.ops>Name} for a function of {@code keras.ops}
     */
    public KerasLayers with(String layer, KerasLayerImporter importer) {
        Map<String, KerasLayerImporter> more = new HashMap<>(classes);
        more.put(layer, importer);
        return new KerasLayers(more);
    }

    /** By its registered name. */
    Optional<KerasLayerImporter> find(LayerDefinition layer) {
        return Optional.ofNullable(classes.get(layer.key()));
    }

    /** Names of all classes, sorted. */
    public Set<String> names() {
        return new TreeSet<>(classes.keySet());
    }
}
