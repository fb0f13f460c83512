// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that changes in a training run as one {@code .npz} file: {@code weights/NAME, ema/NAME,
 * updater/NAME/STATE, losses}, and {@code run/seed}. The number of losses is the number of steps;
 * batches, noise and timesteps follow from it and the seed.
 */
final class Checkpoint {

    private static final String LOSSES = "losses";
    private static final String SEED = "run/seed";

    private Checkpoint() {}

    /**
     * Writes a file that is whole or absent: under another name, then renamed.
     *
     * @param arrays of the run, by name
     */
    static void write(Path file, Map<String, INDArray> arrays, double[] losses, long seed)
            throws IOException {
        Map<String, INDArray> all = new LinkedHashMap<>();
        all.put(SEED, Nd4j.createFromArray(seed));
        if (losses.length > 0) {
            all.put(LOSSES, Nd4j.createFromArray(losses));
        }
        all.putAll(arrays);
        Path target = file.toAbsolutePath();
        Path part =
                target.resolveSibling(
                        "."
                                + target.getFileName()
                                + "-"
                                + ThreadLocalRandom.current().nextInt(1 << 30)
                                + ".part");
        try {
            NpzFile.write(part, all);
            Files.move(
                    part,
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * Fills the run's arrays in place.
     *
     * @return the losses so far
     * @throws IOException if the file is missing, damaged, or of another run; names all differences
     */
    static double[] read(Path file, Map<String, INDArray> arrays, long seed) throws IOException {
        Map<String, INDArray> stored = NpzFile.read(file);
        List<String> faults = new ArrayList<>();
        INDArray storedSeed = stored.get(SEED);
        INDArray losses = stored.get(LOSSES);
        if (storedSeed == null) {
            throw new IOException(file + ": is not a checkpoint of a training run");
        }
        if (storedSeed.getLong(0) != seed) {
            faults.add("it has seed " + storedSeed.getLong(0) + ", not " + seed);
        }
        arrays.forEach(
                (name, array) -> {
                    INDArray value = stored.get(name);
                    if (value == null) {
                        faults.add(name + " is missing");
                    } else if (value.length() != array.length()
                            || value.dataType() != array.dataType()) {
                        faults.add(
                                name
                                        + " is "
                                        + value.dataType()
                                        + " "
                                        + Arrays.toString(value.shape())
                                        + ", not "
                                        + array.dataType()
                                        + " "
                                        + Arrays.toString(array.shape()));
                    }
                });
        stored.keySet().stream()
                .filter(name -> !name.equals(SEED) && !name.equals(LOSSES))
                .filter(name -> !arrays.containsKey(name))
                .forEach(name -> faults.add("the run has no " + name));
        if (!faults.isEmpty()) {
            int shown = Math.min(6, faults.size());
            throw new IOException(
                    file
                            + ": is a checkpoint of another run: "
                            + String.join("; ", faults.subList(0, shown))
                            + (shown < faults.size()
                                    ? "; and " + (faults.size() - shown) + " more"
                                    : ""));
        }
        arrays.forEach(
                (name, array) ->
                        array.assign(
                                Objects.requireNonNull(stored.get(name)).reshape(array.shape())));
        return losses == null ? new double[0] : losses.toDoubleVector();
    }
}
