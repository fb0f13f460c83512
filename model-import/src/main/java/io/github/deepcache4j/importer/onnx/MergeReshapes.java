// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.ShapeInference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * Lets a reshape read what the reshape before it reads, and the readers of a reshape back to the
 * original shape read the original.
 *
 * <pre>
 *   before:  x ─ reshape [2,8,16] ─ reshape [1,4,4,16] ─ y     after:  x ─┬─ reshape [1,4,4,16] ─ y
 *                                                                         └─ reshape [2,8,16]
 *   before:  x [2,8,4,4] ─ reshape [2,8,16] ─ reshape [2,8,4,4] ─ y   after:  x ─ y
 * </pre>
 *
 * <p>Elements are in row-major order before and after a reshape, so what the shapes in between were
 * does not matter. Works in place on a graph that is being built, and changes only what operations
 * read: {@link DropDeadOps} must follow, which takes out the reshapes that nothing reads any more
 * and lists every tensor's readers anew. O(operations).
 */
final class MergeReshapes {

    private final SameDiff sameDiff;
    private final ShapeInference shapes;

    /** What a reshape's output holds the elements of; earlier reshapes first. */
    private final Map<String, String> sources = new HashMap<>();

    private MergeReshapes(SameDiff sameDiff, ShapeInference shapes) {
        this.sameDiff = sameDiff;
        this.shapes = shapes;
    }

    static void apply(SameDiff sameDiff, ShapeInference shapes) {
        new MergeReshapes(sameDiff, shapes).apply();
    }

    private void apply() {
        // operations were added in topological order, so a source is final when it is read
        for (SameDiffOp op : new ArrayList<>(sameDiff.getOps().values())) {
            List<String> inputs = op.getInputsToOp();
            for (int i = 0; inputs != null && i < inputs.size(); i++) {
                String read = inputs.get(i);
                String source = sources.getOrDefault(read, read);
                boolean same = shapes.shape(source).equals(shapes.shape(read));
                if (!source.equals(read) && (isReshape(op) || same)) {
                    List<String> redirected = new ArrayList<>(op.getInputsToOp());
                    redirected.set(i, source);
                    op.setInputsToOp(redirected);
                }
            }
            if (isReshape(op)) {
                sources.put(op.getOutputsOfOp().get(0), op.getInputsToOp().get(0));
            }
        }
    }

    private static boolean isReshape(SameDiffOp op) {
        return op.getOp().opName().equals("reshape") && op.getInputsToOp().size() == 1;
    }
}
