// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.graph.Composites;
import io.github.deepcache4j.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/** Matrix products. */
final class LinearOps {

    private LinearOps() {}

    static Map<String, OnnxOp> all() {
        return Map.of(
                "Gemm",
                LinearOps::gemm,
                "MatMul",
                e -> List.of(matMul(e, e.in(0), e.in(1))),
                Patterns.SCALED_MATMUL,
                LinearOps::scaled);
    }

    /** alpha A' B' + beta C; a linear layer when alpha and beta are 1, as exporters write it. */
    private static List<SDVariable> gemm(Emission e) {
        return List.of(gemmProduct(e));
    }

    static SDVariable gemmProduct(Emission e) {
        double alpha = e.real("alpha", 1);
        double beta = e.real("beta", 1);
        e.requireFloating(0);
        SDVariable a = e.integer("transA", 0) == 0 ? e.in(0) : e.in(0).permute(1, 0);
        SDVariable weights =
                e.integer("transB", 0) == 0
                        ? e.in(1)
                        : e.constant(1).isPresent()
                                ? e.derived(1, "transposed", array -> array.transpose().dup('c'))
                                : e.in(1).permute(1, 0);
        requireInner(e, e.shape(a), e.shape(weights));
        SDVariable product = e.sameDiff().mmul(a, weights);
        SDVariable scaled = alpha == 1 ? product : product.mul(alpha);
        // not xw_plus_b, which gives wrong numbers under SameDiff in M2.1
        return e.has(2) ? scaled.add(beta == 1 ? e.in(2) : e.in(2).mul(beta)) : scaled;
    }

    private static void requireInner(Emission e, Shape a, Shape b) {
        if (a.size(-1) != b.size(-2)) {
            throw e.refuse("a product of the shapes " + a + " and " + b + " does not exist");
        }
    }

    /**
     * The product as in NumPy: a vector is a row on the left and a column on the right, and its
     * axis does not show in the result; leading axes broadcast.
     */
    static SDVariable matMul(Emission e, SDVariable left, SDVariable right) {
        Shape a = e.shape(left);
        Shape b = e.shape(right);
        if (!left.dataType().isFPType()) {
            throw e.refuse("products of type " + left.dataType() + " are not supported");
        }
        if (a.rank() == 0 || b.rank() == 0) {
            throw e.refuse("a product of the shapes " + a + " and " + b + " does not exist");
        }
        if (a.rank() == 1 || b.rank() == 1) {
            return ofVectors(e, left, right);
        }
        requireInner(e, a, b);
        if (a.rank() > 2 && b.rank() == 2) {
            return Composites.linear(left, a, right);
        }
        Shape batch =
                Broadcasting.of(
                        e,
                        new Shape(a.sizes().subList(0, a.rank() - 2)),
                        new Shape(b.sizes().subList(0, b.rank() - 2)));
        // ND4J's batched product neither broadcasts nor promotes
        return e.sameDiff().mmul(inBatch(e, left, batch), inBatch(e, right, batch));
    }

    private static SDVariable inBatch(Emission e, SDVariable x, Shape batch) {
        Shape shape = e.shape(x);
        return Broadcasting.expand(e, x, joined(batch, shape.size(-2), shape.size(-1)));
    }

    private static Shape joined(Shape batch, long... more) {
        List<Long> sizes = new ArrayList<>(batch.sizes());
        for (long size : more) {
            sizes.add(size);
        }
        return new Shape(sizes);
    }

    private static SDVariable ofVectors(Emission e, SDVariable left, SDVariable right) {
        Shape a = e.shape(left);
        Shape b = e.shape(right);
        SDVariable row = a.rank() == 1 ? e.reshape(left, Shape.of(1, a.size(0))) : left;
        SDVariable column = b.rank() == 1 ? e.reshape(right, Shape.of(b.size(0), 1)) : right;
        SDVariable product = matMul(e, row, column);
        List<Long> sizes = new ArrayList<>(e.shape(product).sizes());
        if (b.rank() == 1) {
            sizes.remove(sizes.size() - 1);
        }
        if (a.rank() == 1) {
            sizes.remove(sizes.size() - (b.rank() == 1 ? 1 : 2));
        }
        return e.reshape(product, new Shape(sizes));
    }

    private static List<SDVariable> scaled(Emission e) {
        Shape a = e.shape(0);
        Shape b = e.shape(1);
        boolean batches =
                a.rank() == b.rank()
                        && a.rank() >= 2
                        && a.sizes()
                                .subList(0, a.rank() - 2)
                                .equals(b.sizes().subList(0, b.rank() - 2));
        if (batches) {
            return List.of(
                    Composites.scaledMatMul(
                            e.in(0),
                            e.in(1),
                            e.integer("transA", 0) == 1,
                            e.integer("transB", 0) == 1,
                            e.real("alpha", 1)));
        }
        SDVariable left = e.integer("transA", 0) == 1 ? transposed(e, e.in(0)) : e.in(0);
        SDVariable right = e.integer("transB", 0) == 1 ? transposed(e, e.in(1)) : e.in(1);
        SDVariable product = matMul(e, left, right);
        double alpha = e.real("alpha", 1);
        return List.of(alpha == 1 ? product : product.mul(alpha));
    }

    /** The last two axes exchanged. */
    static SDVariable transposed(Emission e, SDVariable x) {
        int rank = e.shape(x).rank();
        int[] order = IntStream.range(0, rank).toArray();
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return e.permute(x, order);
    }
}
