// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
    private final Supplier<Map<String, String>> places;

    private ArchiveWeights(
            HdfWeights file, String layer, String path, Supplier<Map<String, String>> places) {
        this.file = file;
        this.layer = layer;
        this.path = path;
        this.places = places;
    }

    /** The weights of the whole model. */
    static NetworkWeights of(HdfWeights file, NetworkConfig network) {
        Map<String, String> found = new HashMap<>();
        Supplier<Map<String, String>> places =
                () -> {
                    if (found.isEmpty()) {
                        found.putAll(places(file));
                    }
                    return found;
                };
        return new ArchiveWeights(file, "", "", places).network(network);
    }

    @Override
    public String layer() {
        return layer;
    }

    @Override
    public Optional<INDArray> find(String name, int index) {
        return file.group(path + "vars")
                .map(group -> file.children(group).get(String.valueOf(index)))
                .filter(Dataset.class::isInstance)
                .map(dataset -> file.array((Dataset) dataset));
    }

    @Override
    public LayerWeights part(String attribute, String name) {
        String own = layer + "/" + name;
        boolean isPrivate = file.group(path + attribute).isEmpty();
        return new ArchiveWeights(
                file, own, path + (isPrivate ? "_" : "") + attribute + "/", places);
    }

    @Override
    public NetworkWeights network(NetworkConfig network) {
        String container =
                CONTAINERS.stream()
                        .filter(name -> file.group(path + name).isPresent())
                        .findFirst()
                        .orElse(CONTAINERS.get(0));
        Map<String, String> numbered = numbered(network);
        Map<String, String> told = told(path + container);
        String prefix = layer.isEmpty() ? "" : layer + "/";
        return definition -> {
            String name = definition.name();
            String group = told.getOrDefault(name, numbered.getOrDefault(name, name));
            String own = path + container + "/" + group + "/";
            boolean elsewhere = file.group(own + "vars").isEmpty();
            return new ArchiveWeights(
                    file,
                    prefix + name,
                    elsewhere ? places.get().getOrDefault(name, own) : own,
                    places);
        };
    }

    /** Groups by the names of layers that they tell (files of tf-keras do not). */
    private Map<String, String> told(String container) {
        Map<String, String> groups = new HashMap<>();
        file.group(container).stream()
                .flatMap(group -> file.children(group).keySet().stream())
                .forEach(
                        child ->
                                file.group(container + "/" + child + "/vars")
                                        .flatMap(ArchiveWeights::name)
                                        .ifPresent(name -> groups.put(name, child)));
        return groups;
    }

    /**
     * Groups of the whole file by the names they tell, where one alone tells it: a layer of several
     * models is kept only in the first.
     */
    private static Map<String, String> places(HdfWeights file) {
        Map<String, String> groups = new HashMap<>();
        Set<String> several = new HashSet<>();
        for (String container : CONTAINERS) {
            file.group(container)
                    .ifPresent(
                            group ->
                                    file.groups(group)
                                            .forEach(
                                                    (place, vars) -> {
                                                        if (place.endsWith("/vars")) {
                                                            note(
                                                                    container + "/" + place,
                                                                    vars,
                                                                    groups,
                                                                    several);
                                                        }
                                                    }));
        }
        groups.keySet().removeAll(several);
        return groups;
    }

    private static void note(
            String place, Group vars, Map<String, String> groups, Set<String> several) {
        Optional<String> name = name(vars);
        String own = place.substring(0, place.length() - "vars".length());
        if (name.isPresent() && groups.put(name.get(), own) != null) {
            several.add(name.get());
        }
    }

    private static Optional<String> name(Group group) {
        return Optional.ofNullable(group.getAttribute("name"))
                .map(attribute -> String.valueOf(attribute.getData()));
    }

    /** Names of groups by names of layers: the class in snake case, numbered. */
    private static Map<String, String> numbered(NetworkConfig network) {
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
