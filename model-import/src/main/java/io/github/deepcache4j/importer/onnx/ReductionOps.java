// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/** Reductions over axes given as an attribute (before opset 18; ReduceSum 13) or as an operand. */
final class ReductionOps {

    private ReductionOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "ReduceMean", ReductionOps::mean, "ReduceSum", e -> reduce(e, SDVariable::sum));
    }

    /** ND4J's mean of whole numbers is a float, that of ONNX a whole number. */
    private static List<SDVariable> mean(Emission e) {
        if (!e.type(0).isFPType()) {
            throw e.refuse("the mean of numbers of type " + e.type(0) + " is not supported");
        }
        return reduce(e, SDVariable::mean);
    }

    private interface Reduction {
        SDVariable apply(SDVariable x, boolean keepDims, int... axes);
    }

    private static List<SDVariable> reduce(Emission e, Reduction reduction) {
        int rank = e.shape(0).rank();
        boolean keep = e.integer("keepdims", 1) == 1;
        boolean noop = e.integer("noop_with_empty_axes", 0) == 1;
        List<Long> given =
                e.has(1) ? e.fixedLongs(1, "axes") : e.integers("axes").orElse(List.of());
        if (given.isEmpty() && noop) {
            return List.of(e.in(0));
        }
        int[] axes =
                given.isEmpty()
                        ? IntStream.range(0, rank).toArray()
                        : given.stream().mapToInt(axis -> e.normalize(axis, rank)).toArray();
        return List.of(reduction.apply(e.in(0), keep, axes));
    }
}
