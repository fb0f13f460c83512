// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.ImportException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a file has that cannot be imported, all of it, so that it need not be found one by one. */
final class Faults {

    private static final int SHOWN = 40;

    private final Set<String> forms = new LinkedHashSet<>();

    /** Paths of layers by the name of their class. */
    private final Map<String, Set<String>> missing = new LinkedHashMap<>();

    void add(String path, String reason) {
        forms.add((path.isEmpty() ? "the model" : path) + ": " + reason);
    }

    void add(String path, LayerDefinition layer, String reason) {
        forms.add(path + " (" + layer.key() + "): " + reason);
    }

    void missing(String path, LayerDefinition layer) {
        missing.computeIfAbsent(layer.key(), key -> new LinkedHashSet<>()).add(path);
    }

    /** Refuses the file if there are any. */
    void raise(String file) {
        int count = forms.size() + missing.size();
        if (count == 0) {
            return;
        }
        List<String> lines = new ArrayList<>();
        missing.forEach(
                (key, paths) ->
                        lines.add(
                                "there is no importer for the class "
                                        + key
                                        + " of "
                                        + some(paths)));
        lines.addAll(forms);
        if (lines.size() > SHOWN) {
            int more = lines.size() - SHOWN;
            lines.subList(SHOWN, lines.size()).clear();
            lines.add("and " + more + " more");
        }
        String example = missing.isEmpty() ? "package>Class" : missing.keySet().iterator().next();
        throw new ImportException(
                file
                        + ": "
                        + (count == 1 ? "one thing" : count + " things")
                        + " of the model cannot be imported exactly: "
                        + String.join("; ", lines)
                        + ". Register a KerasLayerImporter for a class: new"
                        + " KerasImporter(KerasLayers.standard().with(\""
                        + example
                        + "\", importer)).open(file) (docs/keras.md), or save the model without"
                        + " what is named");
    }

    private static String some(Set<String> paths) {
        List<String> all = new ArrayList<>(paths);
        String first = String.join(", ", all.subList(0, Math.min(3, all.size())));
        return all.size() > 3 ? first + " and " + (all.size() - 3) + " more" : first;
    }
}
