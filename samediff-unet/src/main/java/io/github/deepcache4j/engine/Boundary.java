// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * For engines: the place of a boundary in memory, to which features are written back and sums of
 * them are computed.
 *
 * <p>Features are kept in f32, element by element in the order in which the engine holds the
 * boundary, so nothing is transposed on the way; a bf16 engine's sums are rounded once, at the end.
 * Nothing is allocated but a feature's first contents.
 */
public final class Boundary {

    private final INDArray place;
    private final List<Integer> order;
    private final boolean direct;
    private @Nullable INDArray sum;

    private Boundary(INDArray place, List<Integer> order, boolean direct) {
        this.place = place;
        this.order = order;
        this.direct = direct;
    }

    /**
     * A boundary.
     *
     * @param place the engine's memory as an array whose last axis varies fastest
     * @param order the boundary's axis that each axis of {@code place} is
     * @param dense whether the elements lie one after another
     */
    public static Boundary of(INDArray place, List<Integer> order, boolean dense) {
        boolean direct = dense && place.dataType() == DataType.FLOAT;
        return new Boundary(place, List.copyOf(order), direct);
    }

    /** Bytes of the place itself. */
    public long bytes() {
        return place.length() * place.dataType().width();
    }

    /** Copies what is there into the feature. */
    public void store(Feature feature) {
        INDArray kept = feature.contents();
        if (kept == null) {
            kept = Nd4j.createUninitialized(DataType.FLOAT, place.shape(), 'c');
        }
        kept.assign(place);
        feature.contents(kept);
    }

    /** Puts the feature in its place. */
    public void load(Feature feature) {
        place.assign(Objects.requireNonNull(feature.contents(), "the feature was never moved out"));
    }

    /** Computes a blend of features that were moved out, and puts it in its place. */
    public void load(Blend blend) {
        INDArray target = direct ? place : scratch();
        boolean first = true;
        for (int i = 0; i < blend.features().size(); i++) {
            INDArray contents = blend.features().get(i).contents();
            double weight = blend.weight(i);
            if (weight == 0) {
                continue;
            }
            Objects.requireNonNull(contents, "the feature was never moved out");
            if (!first) {
                Nd4j.getBlasWrapper().level1().axpy(contents.length(), weight, contents, target);
            } else if (weight == 1) {
                target.assign(contents);
            } else {
                contents.muli(weight, target);
            }
            first = false;
        }
        if (first) {
            target.assign(0);
        }
        correct(blend.correction(), target);
        if (!direct) {
            place.assign(target);
        }
    }

    private void correct(@Nullable ChannelAffine map, INDArray target) {
        if (map != null) {
            int axis = order.indexOf(map.axis());
            Nd4j.exec(new BroadcastMulOp(target, map.scale(), target, axis));
            Nd4j.exec(new BroadcastAddOp(target, map.shift(), target, axis));
        }
    }

    private INDArray scratch() {
        if (sum == null) {
            sum = Nd4j.createUninitialized(DataType.FLOAT, place.shape(), 'c');
        }
        return sum;
    }
}
