// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.AnatomyResult.NotAUNet;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.MacCounter;
import io.github.deepcache4j.graph.Value;
import io.github.deepcache4j.unet.UNet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the skips of a U-Net by looking at its graph alone, never at names.
 *
 * <p>A skip merge joins two maps that share an ancestor, one reached from it without leaving its
 * resolution ({@link UpperSkips}) and one through a lower resolution; at the lowest level,
 * concatenations that pair last in, first out around the bottleneck ({@link LowestSkips}). Of
 * these, the merges count whose main-path operand is the only way from the deep region to the
 * output ({@link Separation}), and whose cached step costs more than that of the branch before.
 */
public final class SkipFinder {

    private final DataflowGraph graph;
    private final int sample;
    private final int output;
    private final FeatureFlow flow;
    private final MacCounter counter;
    private final List<String> remarks = new ArrayList<>();

    private SkipFinder(DataflowGraph graph, int sample, int output) {
        this.graph = graph;
        this.sample = sample;
        this.output = output;
        this.flow = FeatureFlow.of(graph, sample, output);
        this.counter = MacCounter.of(graph);
    }

    /** The skips of a U-Net, from its noisy sample to its prediction. */
    public static AnatomyResult find(UNet unet) {
        return find(unet.graph(), unet.ports().sample().name(), unet.ports().output().name());
    }

    /**
     * The skips of a graph. O(merges * (nodes + edges)).
     *
     * @param graph with the shapes of one fixed input size
     * @param sampleInput name of the noisy sample, {@code [batch, channels, height, width]} or
     *     {@code [batch, height, width, channels]}, or with one spatial axis
     * @param output name of the prediction
     * @throws IllegalArgumentException if the graph has no tensor of one of the names
     */
    public static AnatomyResult find(DataflowGraph graph, String sampleInput, String output) {
        Value sample = graph.value(sampleInput);
        int rank = sample.shape().rank();
        if (rank < 3) {
            return new NotAUNet(
                    List.of(
                            "The sample "
                                    + sampleInput
                                    + " has the shape "
                                    + sample.shape()
                                    + "; a batch of images or sequences has three axes or more."));
        }
        return new SkipFinder(graph, sample.id(), graph.value(output).id()).find();
    }

    private AnatomyResult find() {
        List<Merge> merges =
                graph.nodes().stream()
                        .flatMap(node -> Merge.of(graph, flow, node).stream())
                        .toList();
        List<SkipCandidate> upper =
                merges.stream().flatMap(merge -> UpperSkips.find(flow, merge).stream()).toList();
        Refusal refusal = new Refusal(graph, flow, sample, output);
        if (upper.isEmpty()) {
            return new NotAUNet(refusal.withoutSkips(merges));
        }
        List<SkipCandidate> candidates =
                new ArrayList<>(LowestSkips.find(graph, flow, counter, merges));
        candidates.addAll(upper);
        List<SkipConnection> skips = branches(separated(candidates));
        if (skips.isEmpty()) {
            return new NotAUNet(refusal.withoutCuts(remarks));
        }
        BitSet full = fullNodes();
        counter.uncounted(full)
                .forEach(
                        node ->
                                remarks.add(
                                        "The multiply-accumulates of "
                                                + node.name()
                                                + " are not counted: the operation "
                                                + node.op()
                                                + " is not known to the counter."));
        return new Found(
                new UNetAnatomy(graph, sample, output, skips, counter.count(full), remarks));
    }

    /**
     * Candidates that pass the check, the one nearest the output first, one per boundary.
     *
     * <p>Of several merges with one boundary, one that has it as its operand stands before one
     * whose boundary was moved there (an addition inside a gate), then one of the larger maps (the
     * gate may work on smaller ones), then the first (a later one is a residual around it).
     */
    private List<SkipCandidate> separated(List<SkipCandidate> candidates) {
        Separation separation = new Separation(graph, flow, output);
        Map<Integer, SkipCandidate> byBoundary = new HashMap<>();
        List<SkipCandidate> inOrder = new ArrayList<>(candidates);
        inOrder.sort(Comparator.comparingInt(candidate -> candidate.merge().node().id()));
        for (SkipCandidate candidate : inOrder) {
            Optional<SkipCandidate> separated = separation.separated(candidate);
            if (separated.isEmpty()) {
                remarks.add(
                        setAside(candidate)
                                + ": the deep part of the network reaches the output past its"
                                + " main-path operand.");
                continue;
            }
            byBoundary.merge(
                    separated.get().boundary(),
                    separated.get(),
                    (first, later) -> rank(later) > rank(first) ? later : first);
        }
        List<SkipCandidate> kept = new ArrayList<>(byBoundary.values());
        kept.sort(
                Comparator.comparingInt((SkipCandidate candidate) -> candidate.merge().node().id())
                        .reversed());
        return kept;
    }

    private static double rank(SkipCandidate candidate) {
        boolean unmoved = candidate.merge().operands().contains(candidate.boundary());
        return unmoved ? Double.MAX_VALUE : candidate.merge().area();
    }

    private List<SkipConnection> branches(List<SkipCandidate> candidates) {
        List<SkipConnection> skips = new ArrayList<>();
        long full = counter.count(fullNodes()).total();
        // Zero: a merge after the last convolution scales the prediction (EDM's preconditioning).
        long previous = 0;
        for (SkipCandidate candidate : candidates) {
            BitSet cached = graph.nodesFor(List.of(output), List.of(candidate.boundary()));
            MacCounter.Macs macs = counter.count(cached);
            if (macs.total() <= previous || macs.total() >= full) {
                remarks.add(
                        setAside(candidate)
                                + ": its cached step costs "
                                + macs.total()
                                + " multiply-accumulates, which is not between "
                                + previous
                                + " of the branch before and "
                                + full
                                + " of the full step.");
                continue;
            }
            previous = macs.total();
            skips.add(
                    new SkipConnection(
                            skips.size(),
                            candidate.merge().node().id(),
                            candidate.merge().kind(),
                            candidate.skip(),
                            candidate.boundary(),
                            cached,
                            macs));
        }
        return skips;
    }

    private BitSet fullNodes() {
        return graph.nodesFor(List.of(output), List.of());
    }

    private static String setAside(SkipCandidate candidate) {
        return "The "
                + candidate.merge().node().op()
                + " "
                + candidate.merge().node().name()
                + " looks like a skip and was set aside";
    }
}
