// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import io.github.deepcache4j.engine.Blend;
import io.github.deepcache4j.engine.Feature;
import io.github.deepcache4j.forecast.Forecast;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The deep features of one cache key: those of the last full steps (the anchors), at every cut; and
 * where in its run the key is. One thread at a time.
 */
final class FeatureCache {

    /** A full step and its features, one for each cut. */
    private static final class Anchor {

        private final List<Feature> features = new ArrayList<>();
        private int step;
        private double abscissa;

        private Anchor(int cuts) {
            for (int cut = 0; cut < cuts; cut++) {
                features.add(new Feature());
            }
        }
    }

    private final int cuts;
    private final int kept;

    /** Of this run, the newest first. */
    private final List<Anchor> anchors = new ArrayList<>();

    /** Of runs before, to be filled again. */
    private final List<Anchor> spare = new ArrayList<>();

    private final double[] abscissae;
    private final double[] weights;
    private @Nullable Shape sample;
    private int index;
    private double timestep;
    private int sinceFull;
    private double withinHorizon;

    /**
     * An empty cache.
     *
     * @param cuts of the graph
     * @param kept anchors to look back on
     */
    FeatureCache(int cuts, int kept) {
        this.cuts = cuts;
        this.kept = kept;
        this.abscissae = new double[kept];
        this.weights = new double[kept];
    }

    /**
     * Whether a call begins a run instead of continuing the one before: its index is 0 or does not
     * increase, its timestep rises, or its sample has other sizes (another batch). What was cached
     * then belongs to another image.
     */
    boolean beginsRun(Step step, Shape sample) {
        return this.sample == null
                || step.index() == 0
                || step.index() <= index
                || step.timestep() > timestep
                || !sample.equals(this.sample);
    }

    /** Forgets the run before. */
    void begin() {
        spare.addAll(anchors);
        anchors.clear();
        sinceFull = 0;
    }

    boolean isEmpty() {
        return anchors.isEmpty();
    }

    /** Cached steps since the last full one. */
    int sinceFull() {
        return sinceFull;
    }

    /** Step index of the last full step. */
    int lastFull() {
        return anchors.get(0).step;
    }

    /**
     * Features for a full step to fill, one for each cut; they are the newest from now on.
     *
     * @param abscissa of the step
     */
    List<Feature> next(Step step, double abscissa) {
        Anchor anchor =
                anchors.size() == kept
                        ? anchors.remove(kept - 1)
                        : spare.isEmpty() ? new Anchor(cuts) : spare.remove(spare.size() - 1);
        anchor.step = step.index();
        anchor.abscissa = abscissa;
        withinHorizon = abscissa;
        anchors.add(0, anchor);
        return anchor.features;
    }

    /**
     * The forecast of the boundary at a cut. Anchors at the abscissa of a newer one, or at none
     * (nothing but noise has an infinite log-SNR), are left out: no polynomial goes through them.
     *
     * @param at abscissa of the step to come, or nearer where a horizon clamps it
     */
    Blend forecast(int cut, Forecast forecast, double at) {
        List<Feature> features = new ArrayList<>(kept);
        features.add(anchors.get(0).features.get(cut));
        abscissae[0] = anchors.get(0).abscissa;
        if (!Double.isFinite(at) || !Double.isFinite(abscissae[0])) {
            return Blend.of(features.get(0));
        }
        int count = 1;
        for (Anchor anchor : anchors.subList(1, anchors.size())) {
            if (Double.isFinite(anchor.abscissa) && !isTaken(anchor.abscissa, count)) {
                abscissae[count++] = anchor.abscissa;
                features.add(anchor.features.get(cut));
            }
        }
        forecast.weigh(abscissae, count, at, weights);
        return Blend.of(features, java.util.Arrays.copyOf(weights, count));
    }

    private boolean isTaken(double abscissa, int count) {
        for (int i = 0; i < count; i++) {
            if (abscissae[i] == abscissa) {
                return true;
            }
        }
        return false;
    }

    /**
     * The abscissa to forecast at: the step's own up to the horizon, beyond it that of the last
     * step within.
     */
    double clamped(Step step, double abscissa, int horizon) {
        if (step.index() - lastFull() <= horizon) {
            withinHorizon = abscissa;
        }
        return withinHorizon;
    }

    /** Notes that a call was made. */
    void advance(Step step, Shape sample, boolean full) {
        this.sample = sample;
        this.index = step.index();
        this.timestep = step.timestep();
        this.sinceFull = full ? 0 : sinceFull + 1;
    }

    /** Bytes that the features take. */
    long bytes() {
        return Stream.concat(anchors.stream(), spare.stream())
                .flatMap(anchor -> anchor.features.stream())
                .mapToLong(Feature::bytes)
                .sum();
    }
}
