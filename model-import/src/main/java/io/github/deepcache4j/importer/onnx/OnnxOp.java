// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What one ONNX operator becomes in SameDiff. Register it with {@link OnnxOpRegistry#with}.
 *
 * <p>An implementation reads operands and attributes from the {@link Emission} and adds SameDiff
 * operations. An attribute that it never reads makes the import fail by name, so nothing is ignored
 * silently.
 */
@FunctionalInterface
public interface OnnxOp {

    /**
     * Adds the operator to the graph.
     *
     * @return one variable for each output of the node, in order; their names are given by the
     *     importer
     * @throws io.github.deepcache4j.importer.ImportException by {@link Emission#refuse} if this
     *     form is not supported
     */
    List<SDVariable> emit(Emission emission);
}
