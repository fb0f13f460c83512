// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Two graphs on one set of weight arrays: <em>full</em> computes the prediction and the boundary,
 * <em>cached</em> is given the boundary and computes the prediction.
 *
 * <p>A weight that both need is one {@code INDArray} object. Engines compile copies, so several
 * threads may run one split.
 */
public final class CacheSplit {

    private static final String FULL = "full.fb";
    private static final String CACHED = "cached.fb";
    private static final String PLAN = "plan.json";

    private final SameDiff full;
    private final SameDiff cached;
    private final CachePlan plan;

    CacheSplit(SameDiff full, SameDiff cached, CachePlan plan) {
        this.full = full;
        this.cached = cached;
        this.plan = plan;
    }

    /** Outputs: {@code plan().output()} and {@code plan().boundary()}. */
    public SameDiff full() {
        return full;
    }

    /** Has the boundary as one more input; output: {@code plan().output()}. */
    public SameDiff cached() {
        return cached;
    }

    public CachePlan plan() {
        return plan;
    }

    /**
     * The full graph, ready to run.
     *
     * @param inputShapes sizes of the model's inputs
     */
    public CompiledGraph compileFull(
            Engine engine, Map<String, Shape> inputShapes, Precision precision) {
        return engine.compile(
                full,
                List.of(plan.output(), plan.boundary()),
                needed(full, inputShapes),
                precision);
    }

    /** The cached graph, ready to run; the boundary is one of its inputs. */
    public CompiledGraph compileCached(
            Engine engine, Map<String, Shape> inputShapes, Precision precision) {
        Map<String, Shape> shapes = needed(cached, inputShapes);
        shapes.put(plan.boundary(), plan.boundaryShape());
        return engine.compile(cached, List.of(plan.output()), shapes, precision);
    }

    /** A cached step may not need every input of the model. */
    private static Map<String, Shape> needed(SameDiff graph, Map<String, Shape> inputShapes) {
        Map<String, Shape> shapes = new LinkedHashMap<>(inputShapes);
        shapes.keySet().retainAll(graph.inputs());
        return shapes;
    }

    /**
     * Writes {@code full.fb} and {@code cached.fb}, each a file that stock {@code SameDiff.load}
     * reads and that holds its own weights, and {@code plan.json}. Each file is whole or absent.
     *
     * @param folder is made if it does not exist
     * @throws IllegalArgumentException if the folder cannot be written, or stock SameDiff would
     *     save the graphs with a loss
     * @throws UncheckedIOException if writing fails on the way
     */
    public void save(Path folder) {
        GraphFiles.checkSavable(full, FULL);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        if (!Files.isWritable(folder)) {
            throw unwritable(folder, null);
        }
        try {
            GraphFiles.write(folder.resolve(FULL), file -> full.save(file.toFile(), false));
            GraphFiles.write(folder.resolve(CACHED), file -> cached.save(file.toFile(), false));
            GraphFiles.write(folder.resolve(PLAN), file -> PlanFile.write(plan, file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException unwritable(Path folder, @Nullable IOException cause) {
        return new IllegalArgumentException(
                "cannot write to the folder " + folder + "; give one that can be written", cause);
    }

    /**
     * Reads what {@link #save} wrote, and lets the graphs share their weights again.
     *
     * @throws IllegalArgumentException if a file is missing, or the files belong to different
     *     models
     */
    public static CacheSplit load(Path folder) {
        List<String> missing =
                List.of(FULL, CACHED, PLAN).stream()
                        .filter(name -> !Files.isRegularFile(folder.resolve(name)))
                        .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    folder + " is not a saved split: it lacks " + missing);
        }
        try {
            CachePlan plan = PlanFile.read(folder.resolve(PLAN));
            SameDiff full = SameDiff.load(folder.resolve(FULL).toFile(), false);
            SameDiff cached = SameDiff.load(folder.resolve(CACHED).toFile(), false);
            WeightSharing.share(full, cached, folder);
            return new CacheSplit(full, cached, plan);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }
}
