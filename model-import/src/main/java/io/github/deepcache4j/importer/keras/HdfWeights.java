// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import io.github.deepcache4j.importer.ImportException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An HDF5 file with weights, open for reading. */
final class HdfWeights implements AutoCloseable {

    private static final int DEEPEST = 64;
    private static final int MOST = 1_000_000;

    /** Compressed weights that are larger than this times the file are no weights. */
    private static final long MOST_EXPANSION = 100;

    private static final long SMALL = 1L << 24;

    private final HdfFile file;
    private final String name;
    private final long bytes;
    private long read;

    private HdfWeights(HdfFile file, String name, long bytes) {
        this.file = file;
        this.name = name;
        this.bytes = bytes;
    }

    /**
     * Opens a file.
     *
     * @param name for messages
     * @throws ImportException if it is not HDF5
     */
    static HdfWeights open(Path path, String name) {
        try {
            return new HdfWeights(new HdfFile(path), name, Files.size(path));
        } catch (RuntimeException | IOException e) {
            throw new ImportException(
                    name + ": is not HDF5, or is damaged or cut short (" + e.getMessage() + ")", e);
        }
    }

    /** A text attribute of the file itself. */
    Optional<String> text(String attribute) {
        Attribute found = file.getAttribute(attribute);
        if (found == null) {
            return Optional.empty();
        }
        Object data = found.getData();
        return Optional.ofNullable(data instanceof String text ? text : null);
    }

    /** Whether there is a group of that path. */
    Optional<Group> group(String path) {
        Node current = file;
        for (String step : path.split("/")) {
            if (!(current instanceof Group group)) {
                return Optional.empty();
            }
            current = children(group).get(step);
            if (current == null) {
                return Optional.empty();
            }
        }
        return current instanceof Group group ? Optional.of(group) : Optional.empty();
    }

    /** All datasets under a group, by their path from there. */
    Map<String, Dataset> datasets(Group group) {
        return below(group, Dataset.class);
    }

    /** All groups under a group, by their path from there. */
    Map<String, Group> groups(Group group) {
        return below(group, Group.class);
    }

    private <T> Map<String, T> below(Group group, Class<T> kind) {
        Map<String, T> found = new TreeMap<>();
        collect(group, "", 0, kind, found);
        return found;
    }

    private <T> void collect(
            Group group, String path, int depth, Class<T> kind, Map<String, T> found) {
        if (depth > DEEPEST || found.size() > MOST) {
            throw new ImportException(
                    name + ": has more groups than any model; the file may be damaged");
        }
        for (Map.Entry<String, Node> child : children(group).entrySet()) {
            String own = path + child.getKey();
            if (kind.isInstance(child.getValue())) {
                found.put(own, kind.cast(child.getValue()));
            }
            if (child.getValue() instanceof Group inner) {
                collect(inner, own + "/", depth + 1, kind, found);
            }
        }
    }

    /** What a group holds; jHDF refuses a group with one thing in it that it does not know. */
    Map<String, Node> children(Group group) {
        try {
            return group.getChildren();
        } catch (HdfException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new ImportException(
                    name
                            + ": the weights under "
                            + group.getPath()
                            + " cannot be read: "
                            + cause.getMessage()
                            + "; weights saved as bfloat16 are not supported, save the model with"
                            + " weights in float32",
                    e);
        }
    }

    /**
     * A weight as FLOAT, row by row.
     *
     * @throws ImportException if it is larger than the file can hold, or of another kind
     */
    INDArray array(Dataset dataset) {
        int[] dims = dataset.getDimensions();
        double elements = 1;
        for (int dim : dims) {
            elements *= dim;
        }
        if (elements > Integer.MAX_VALUE
                || elements * 2 + read > SMALL + MOST_EXPANSION * (double) bytes
                || elements <= 0) {
            throw new ImportException(
                    name
                            + ": the weight "
                            + dataset.getPath()
                            + " of "
                            + shown(dims)
                            + " elements does not fit into a file of "
                            + bytes
                            + " bytes; the file may be damaged");
        }
        read += (long) elements * 4;
        float[] values = floats(dataset);
        if (values.length != (long) elements) {
            throw new ImportException(name + ": the weight " + dataset.getPath() + " is cut short");
        }
        long[] shape = new long[dims.length];
        for (int axis = 0; axis < dims.length; axis++) {
            shape[axis] = dims[axis];
        }
        return dims.length == 0
                ? Nd4j.scalar(values[0])
                : Nd4j.createFromArray(values).reshape('c', shape);
    }

    private float[] floats(Dataset dataset) {
        return Numbers.floats(dataset.getDataFlat())
                .orElseThrow(
                        () ->
                                new ImportException(
                                        name
                                                + ": the weight "
                                                + dataset.getPath()
                                                + " is of type "
                                                + dataset.getDataType()
                                                + ", which is not supported"));
    }

    private static List<Integer> shown(int[] dims) {
        List<Integer> list = new ArrayList<>();
        for (int dim : dims) {
            list.add(dim);
        }
        return list;
    }

    @Override
    public void close() {
        file.close();
    }
}
