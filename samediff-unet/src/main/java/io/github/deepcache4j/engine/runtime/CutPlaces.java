// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.Boundary;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.Program;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The memory of a program's boundaries, and whose features are in it.
 *
 * <p>The feature of the last full step stays in the program's own buffer; it is moved out only when
 * another step needs the place: one of another cache key, one that forecasts, or one that computes
 * this boundary itself, from a boundary further in.
 */
final class CutPlaces {

    private final List<Boundary> boundaries = new ArrayList<>();
    private final List<@Nullable INDArray> skips = new ArrayList<>();

    /** The feature whose contents are in the place of each boundary, if any. */
    private final @Nullable Feature[] resident;

    CutPlaces(Program program, Memory memory) {
        for (Program.Place place : program.cuts()) {
            Operand boundary = place.boundary();
            List<Integer> order = boundary.layout().order();
            boundaries.add(
                    Boundary.of(
                            memory.array(boundary.permute(order)),
                            order,
                            boundary.layout().isGapless()));
            skips.add(place.skip() == null ? null : memory.array(place.skip()));
        }
        this.resident = new Feature[boundaries.size()];
    }

    int count() {
        return boundaries.size();
    }

    /**
     * What a gate looks at.
     *
     * @throws IllegalArgumentException if the cut has no gate
     */
    INDArray skip(int cut) {
        check(cut);
        INDArray skip = skips.get(cut);
        if (skip == null) {
            throw new IllegalArgumentException("cut " + cut + " was compiled without its skip");
        }
        return skip;
    }

    void check(int cut) {
        if (cut < 0 || cut >= count()) {
            throw new IllegalArgumentException(
                    "cut " + cut + "; the graph was compiled with " + count());
        }
    }

    void check(List<Feature> features) {
        if (features.size() != count()) {
            throw new IllegalArgumentException(
                    features.size() + " features for a graph compiled with " + count() + " cuts");
        }
    }

    /** Makes room for a full step, which computes the contents of these features. */
    void beforeFull(List<Feature> features) {
        for (int cut = 0; cut < count(); cut++) {
            vacate(cut, features.get(cut));
        }
    }

    /** Says that a full step has left these features in their places. */
    void afterFull(List<Feature> features) {
        for (int cut = 0; cut < count(); cut++) {
            features.get(cut).filled(boundaries.get(cut).bytes());
            resident[cut] = features.get(cut);
        }
    }

    /**
     * Puts the blend in the place of the cut, and makes room at those that are computed from it.
     */
    void beforeCached(int cut, Blend blend) {
        Feature reused = blend.reused().orElse(null);
        if (reused == null) {
            vacate(cut, null);
            boundaries.get(cut).load(blend);
        } else if (resident[cut] != reused) {
            vacate(cut, null);
            boundaries.get(cut).load(reused);
            resident[cut] = reused;
        }
        for (int outer = 0; outer < cut; outer++) {
            vacate(outer, null);
        }
    }

    /**
     * Moves the feature out of a boundary's place.
     *
     * @param next will be there; if it is what is there now, its contents are no longer wanted
     */
    private void vacate(int cut, @Nullable Feature next) {
        Feature there = resident[cut];
        if (there != null && there != next) {
            boundaries.get(cut).store(there);
        }
        resident[cut] = null;
    }
}
