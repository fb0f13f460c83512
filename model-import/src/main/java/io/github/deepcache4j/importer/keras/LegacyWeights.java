// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights in the layout of {@code .h5} files: one group for each layer of the outermost model, in
 * it the variables by their own paths, {@code model_weights/encoder/conv2d_1/kernel:0}
 * (keras/src/legacy/saving/legacy_h5_format.py).
 *
 * <p>A model used as a layer has the variables of all layers in it in one group, so they are found
 * by the ends of their paths.
 */
final class LegacyWeights implements LayerWeights {

    private final HdfWeights file;
    private final String layer;
    private final Optional<Group> group;
    private final Map<String, Dataset> datasets;

    /** What a variable's path ends with, but for its own name. */
    private final String suffix;

    private final boolean nested;

    private LegacyWeights(
            HdfWeights file,
            String layer,
            Optional<Group> group,
            Map<String, Dataset> datasets,
            String suffix,
            boolean nested) {
        this.file = file;
        this.layer = layer;
        this.group = group;
        this.datasets = datasets;
        this.suffix = suffix;
        this.nested = nested;
    }

    /** The weights of the whole model. */
    static NetworkWeights of(HdfWeights file) {
        return definition -> {
            String name = definition.name();
            Optional<Group> group = file.group("model_weights/" + name);
            Map<String, Dataset> datasets = group.map(file::datasets).orElse(Map.of());
            return new LegacyWeights(file, name, group, datasets, name + "/", false);
        };
    }

    @Override
    public String layer() {
        return layer;
    }

    @Override
    public Optional<INDArray> find(String name, int index) {
        return byName(suffix + name)
                .or(() -> nested ? Optional.empty() : byName(name))
                .or(() -> nested ? Optional.empty() : byIndex(index))
                .map(file::array);
    }

    private Optional<Dataset> byName(String wanted) {
        List<Dataset> found = new ArrayList<>();
        datasets.forEach(
                (path, dataset) -> {
                    String plain = path.replaceAll(":\\d+$", "");
                    if (plain.equals(wanted) || plain.endsWith("/" + wanted)) {
                        found.add(dataset);
                    }
                });
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The file lists the variables of a layer in order. */
    private Optional<Dataset> byIndex(int index) {
        Optional<Attribute> names = group.map(g -> g.getAttribute("weight_names"));
        return names.map(Attribute::getData)
                .filter(data -> data instanceof String[] all && index < all.length)
                .map(data -> datasets.get(((String[]) data)[index]));
    }

    @Override
    public LayerWeights part(String attribute, String name) {
        return new LegacyWeights(
                file, layer + "/" + name, group, datasets, suffix + name + "/", true);
    }

    @Override
    public NetworkWeights network(NetworkConfig network) {
        return definition ->
                new LegacyWeights(
                        file,
                        layer + "/" + definition.name(),
                        group,
                        datasets,
                        definition.name() + "/",
                        true);
    }
}
