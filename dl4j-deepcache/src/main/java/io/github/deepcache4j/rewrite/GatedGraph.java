// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * One SameDiff whose deep region is behind a gate.
 *
 * <p>Without a listener every call is full and gives the original's numbers. A {@link
 * DeepCacheListener} turns calls into cached ones. Stock {@code save} and {@code load} keep the
 * gate; its tensors are found again by their fixed names, all of which begin with {@code
 * deepcache/}. One thread at a time, as for every SameDiff.
 */
public final class GatedGraph {

    private final SameDiff sameDiff;
    private final String decider;
    private final String boundary;
    private final String timestep;
    private final String sample;

    private GatedGraph(SameDiff sameDiff, SameDiffOp decider, SameDiffOp merge) {
        this.sameDiff = sameDiff;
        this.decider = decider.getName();
        this.timestep = decider.getInputsToOp().get(1);
        this.sample = decider.getInputsToOp().get(2);
        this.boundary = merge.getInputsToOp().get(1);
    }

    /**
     * Finds the gate in a graph, for instance one that stock SameDiff loaded.
     *
     * @throws IllegalArgumentException if it has none
     */
    public static GatedGraph of(SameDiff sameDiff) {
        List<String> missing =
                List.of(GateNames.DECISION, GateNames.BOUNDARY, GateNames.CACHE).stream()
                        .filter(name -> !sameDiff.hasVariable(name))
                        .toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "this graph has no DeepCache gate: it lacks "
                            + missing
                            + "; make one with DeepCacheRewriter.gate");
        }
        return new GatedGraph(
                sameDiff,
                producer(sameDiff, GateNames.DECISION),
                producer(sameDiff, GateNames.BOUNDARY));
    }

    private static SameDiffOp producer(SameDiff sameDiff, String tensor) {
        return sameDiff.getOps().values().stream()
                .filter(op -> op.getOutputsOfOp() != null && op.getOutputsOfOp().contains(tensor))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(tensor + " is not computed"));
    }

    /**
     * Reads a gated graph from a file that {@link #save} or stock SameDiff wrote.
     *
     * @throws IllegalArgumentException if the file is not there or has no gate
     */
    public static GatedGraph load(File file) {
        if (!file.isFile()) {
            throw new IllegalArgumentException(file + " is not a file; give a gated .fb file");
        }
        return of(SameDiff.load(file, false));
    }

    /**
     * Writes the graph with its weights, whole or not at all.
     *
     * @throws IllegalArgumentException if stock SameDiff would save it with a loss
     * @throws UncheckedIOException if the file cannot be written
     */
    public void save(File file) {
        GraphFiles.checkSavable(sameDiff, file.getName());
        Path target = file.toPath().toAbsolutePath();
        try {
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            GraphFiles.write(target, temporary -> sameDiff.save(temporary.toFile(), false));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /** The graph to call {@code output(...)} on, and to attach listeners to. */
    public SameDiff sameDiff() {
        return sameDiff;
    }

    /** Name of the deep region's result; computed on full calls only. */
    public String boundary() {
        return boundary;
    }

    public String timestep() {
        return timestep;
    }

    public String sample() {
        return sample;
    }

    /** Name of the operation that runs before every Switch. */
    String decider() {
        return decider;
    }
}
