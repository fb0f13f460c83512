// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights in the layout of {@code .keras} files: groups follow the Python objects, {@code
 * layers/conv2d_1/vars/0}. Layers are told apart by their class and their order, not by their names
 * (keras/src/saving/saving_lib.py, {@code _save_container_state}).
 */
final class ArchiveWeights implements LayerWeights {

    /** Where a model keeps its layers; the second in the first files of this kind. */
    private static final List<String> CONTAINERS =
            List.of("layers", "_layer_checkpoint_dependencies");

    private final HdfWeights file;
    private final String layer;
    private final String path;

    private ArchiveWeights(HdfWeights file, String layer, String path) {
        this.file = file;
        this.layer = layer;
        this.path = path;
    }

    /** The weights of the whole model. */
    static NetworkWeights of(HdfWeights file, NetworkConfig network) {
        return new ArchiveWeights(file, "", "").network(network);
    }

    @Override
    public String layer() {
        return layer;
    }

    @Override
    public Optional<INDArray> find(String name, int index) {
        return file.group(path + "vars")
                .map(group -> group.getChild(String.valueOf(index)))
                .filter(Dataset.class::isInstance)
                .map(dataset -> file.array((Dataset) dataset));
    }

    @Override
    public LayerWeights part(String attribute, String name) {
        String own = layer + "/" + name;
        boolean isPrivate = file.group(path + attribute).isEmpty();
        return new ArchiveWeights(file, own, path + (isPrivate ? "_" : "") + attribute + "/");
    }

    @Override
    public NetworkWeights network(NetworkConfig network) {
        String container =
                CONTAINERS.stream()
                        .filter(name -> file.group(path + name).isPresent())
                        .findFirst()
                        .orElse(CONTAINERS.get(0));
        Map<String, String> groups = groups(network);
        return definition -> {
            String prefix = layer.isEmpty() ? "" : layer + "/";
            String group = path + container + "/" + groups.get(definition.name()) + "/";
            return new ArchiveWeights(
                    file,
                    prefix + definition.name(),
                    named(group, path + container, definition.name()));
        };
    }

    /** The group of a layer; where groups tell layers' names, the one that tells this name. */
    private String named(String expected, String container, String name) {
        Optional<String> told = file.group(expected + "vars").flatMap(ArchiveWeights::name);
        if (told.isEmpty() || told.get().equals(name)) {
            return expected;
        }
        return file.group(container).stream()
                .flatMap(group -> group.getChildren().keySet().stream())
                .map(child -> container + "/" + child + "/")
                .filter(
                        child ->
                                file.group(child + "vars")
                                        .flatMap(ArchiveWeights::name)
                                        .filter(name::equals)
                                        .isPresent())
                .findFirst()
                .orElse(expected);
    }

    private static Optional<String> name(Group group) {
        return Optional.ofNullable(group.getAttribute("name"))
                .map(attribute -> String.valueOf(attribute.getData()));
    }

    /** Names of groups by names of layers: the class in snake case, numbered. */
    private static Map<String, String> groups(NetworkConfig network) {
        Map<String, Integer> used = new HashMap<>();
        Map<String, String> groups = new HashMap<>();
        for (LayerDefinition definition : network.layers()) {
            boolean counts =
                    !definition.isOperation() && !(network.sequential() && definition.isInput());
            if (counts) {
                String name = snakeCase(definition.className());
                int before = used.merge(name, 1, Integer::sum) - 1;
                groups.put(definition.name(), before == 0 ? name : name + "_" + before);
            }
        }
        return groups;
    }

    /** As keras/src/utils/naming.py does it. */
    static String snakeCase(String name) {
        return name.replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
