// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where an imported graph first computes something else than ONNX Runtime does.
 *
 * <p>Only tensors are compared that have a name in the file, survive in the imported graph, and
 * have the same shape there: what the import fuses shows in the fusion's result.
 *
 * @param compared number of tensors that were compared
 * @param first the first that differs; empty if none does, and then all were compared
 */
public record ParityTrace(int compared, Optional<Difference> first) {

    /** Tensors asked for at a time: both sides hold them all in memory at once. */
    private static final int BATCH = 16;

    /**
     * A tensor that differs.
     *
     * @param tensor name in the file
     * @param node name of the node that computes it
     * @param op its operator, with the domain if that is not the standard one
     * @param parity how far it is off; relative to the reference's largest value
     */
    public record Difference(
            String tensor, String node, String op, Shape shape, ParityCheck parity) {}

    /**
     * Bisects: looks at {@value #BATCH} tensors spread evenly; one that differs leaves only its
     * ancestors under suspicion, and one that does not clears its own. Ancestors, not a stretch of
     * the order: a tensor beside the fault (the embedding of the timestep) would clear it.
     *
     * <p>All suspects are looked at in the end, but an error that vanishes on its way to every
     * tensor looked at is missed beside one that stays. If no tensor of the first look differs, all
     * are compared, in topological order.
     *
     * <p>O(log n) runs of both for n tensors if there is a difference that lasts, else O(n).
     *
     * @param file what the graph was imported from
     * @param run computes tensors of the imported graph, given their names, from the same inputs;
     *     an engine may compute what it is asked for without fusing, so a fault of a fusion can be
     *     out of sight
     * @param tolerance largest error as a share of the reference's largest value
     * @throws ImportException if ONNX Runtime refuses the file, or inner tensors cannot be had
     */
    public static ParityTrace find(
            Path file,
            ImportedGraph graph,
            Map<String, INDArray> inputs,
            Function<List<String>, Map<String, INDArray>> run,
            double tolerance) {
        SameDiff sameDiff = graph.sameDiff();
        try (ProbedReference reference =
                ProbedReference.open(file, name -> isComputedReal(sameDiff, name))) {
            Search search = new Search(reference, inputs, run, tolerance);
            Optional<Difference> first = search.first();
            return new ParityTrace(search.compared.size(), first);
        }
    }

    private static boolean isComputedReal(SameDiff sameDiff, String name) {
        if (name.isEmpty() || !sameDiff.hasVariable(name)) {
            return false;
        }
        SDVariable variable = sameDiff.getVariable(name);
        return variable.getVariableType() == VariableType.ARRAY && variable.dataType().isFPType();
    }

    /** One search: what is compared, and what was. */
    private static final class Search {

        private final ProbedReference reference;
        private final Map<String, INDArray> inputs;
        private final Function<List<String>, Map<String, INDArray>> run;
        private final double tolerance;
        private final List<String> tensors;
        private final Set<String> compared = new LinkedHashSet<>();

        Search(
                ProbedReference reference,
                Map<String, INDArray> inputs,
                Function<List<String>, Map<String, INDArray>> run,
                double tolerance) {
            this.reference = reference;
            this.inputs = inputs;
            this.run = run;
            this.tolerance = tolerance;
            this.tensors = reference.tensors();
        }

        Optional<Difference> first() {
            List<String> suspects = tensors;
            Optional<Difference> found = Optional.empty();
            while (!suspects.isEmpty()) {
                List<String> look = spread(suspects);
                Optional<Difference> nearer = firstOf(look);
                if (found.isEmpty() && nearer.isEmpty()) {
                    return firstOfAll();
                }
                suspects = remaining(suspects, look, nearer);
                found = nearer.isPresent() ? nearer : found;
            }
            return found;
        }

        /** Up to {@link #BATCH}, evenly spread, among them the last. */
        private static List<String> spread(List<String> suspects) {
            int count = Math.min(BATCH, suspects.size());
            List<String> look = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                look.add(suspects.get((int) ((long) suspects.size() * i / count) - 1));
            }
            return look;
        }

        private List<String> remaining(
                List<String> suspects, List<String> look, Optional<Difference> nearer) {
            Set<String> rest = new LinkedHashSet<>(suspects);
            nearer.ifPresent(
                    difference -> rest.retainAll(reference.ancestors(difference.tensor())));
            look.forEach(rest::remove);
            for (String name : look) {
                if (nearer.isPresent() && name.equals(nearer.get().tensor())) {
                    break; // what comes later may differ too
                }
                if (compared.contains(name)) {
                    rest.removeAll(reference.ancestors(name));
                }
            }
            return List.copyOf(rest);
        }

        private Optional<Difference> firstOfAll() {
            List<String> rest =
                    tensors.stream().filter(tensor -> !compared.contains(tensor)).toList();
            for (int i = 0; i < rest.size(); i += BATCH) {
                Optional<Difference> difference =
                        firstOf(rest.subList(i, Math.min(rest.size(), i + BATCH)));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }

        private Optional<Difference> firstOf(List<String> names) {
            Map<String, INDArray> expected = reference.run(inputs, names);
            Map<String, INDArray> actual = run.apply(names);
            Optional<Difference> first = Optional.empty();
            for (String name : names) {
                INDArray mine = actual.get(name);
                INDArray theirs = expected.get(name);
                if (mine == null || theirs == null) {
                    throw new IllegalArgumentException("the run did not compute " + name);
                }
                if (!Arrays.equals(mine.shape(), theirs.shape())) {
                    continue; // another layout of the same values
                }
                compared.add(name);
                ParityCheck parity = ParityCheck.compare(Map.of(name, mine), Map.of(name, theirs));
                if (first.isEmpty() && !parity.within(tolerance)) {
                    OnnxNode node = reference.producer(name);
                    first =
                            Optional.of(
                                    new Difference(
                                            name,
                                            node.name(),
                                            node.qualifiedOp(),
                                            Shape.of(theirs.shape()),
                                            parity));
                }
            }
            return first;
        }
    }
}
