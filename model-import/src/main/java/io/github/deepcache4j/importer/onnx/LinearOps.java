// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/** Matrix products. */
final class LinearOps {

    private LinearOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "Gemm",
                LinearOps::gemm,
                "MatMul",
                LinearOps::matMul,
                Patterns.SCALED_MATMUL,
                LinearOps::scaled);
    }

    /** alpha A' B' + beta C; a linear layer when alpha and beta are 1, as exporters write it. */
    private static List<SDVariable> gemm(Emission e) {
        double alpha = e.real("alpha", 1);
        double beta = e.real("beta", 1);
        if (alpha != 1 || (e.has(2) && beta != 1)) {
            throw e.refuse("alpha=" + alpha + ", beta=" + beta + " are not supported, only 1");
        }
        e.requireInteger("transA", 0);
        SDVariable weights =
                e.integer("transB", 0) == 0
                        ? e.in(1)
                        : e.constant(1).isPresent()
                                ? e.derived(1, "transposed", array -> array.transpose().dup('c'))
                                : e.in(1).permute(1, 0);
        SDVariable product = e.sameDiff().mmul(e.in(0), weights);
        // not xw_plus_b, which gives wrong numbers under SameDiff in M2.1
        return List.of(e.has(2) ? product.add(e.in(2)) : product);
    }

    private static List<SDVariable> matMul(Emission e) {
        Shape a = e.shape(0);
        Shape b = e.shape(1);
        if (b.rank() >= 2 && a.rank() >= 2 && a.size(-1) != b.size(-2)) {
            throw e.refuse("a product of the shapes " + a + " and " + b + " does not exist");
        }
        if (a.rank() > 2 && b.rank() == 2) {
            return List.of(Composites.linear(e.in(0), a, e.in(1)));
        }
        requireEqualBatches(e, a, b);
        return List.of(e.sameDiff().mmul(e.in(0), e.in(1)));
    }

    private static List<SDVariable> scaled(Emission e) {
        requireEqualBatches(e, e.shape(0), e.shape(1));
        return List.of(
                Composites.scaledMatMul(
                        e.in(0),
                        e.in(1),
                        e.integer("transA", 0) == 1,
                        e.integer("transB", 0) == 1,
                        e.real("alpha", 1)));
    }

    /** ND4J's batched product neither broadcasts nor promotes vectors. */
    private static void requireEqualBatches(Emission e, Shape a, Shape b) {
        boolean equal =
                a.rank() == b.rank()
                        && a.rank() >= 2
                        && a.sizes()
                                .subList(0, a.rank() - 2)
                                .equals(b.sizes().subList(0, b.rank() - 2));
        if (!equal) {
            throw e.refuse("a product of the shapes " + a + " and " + b + " is not supported");
        }
    }
}
