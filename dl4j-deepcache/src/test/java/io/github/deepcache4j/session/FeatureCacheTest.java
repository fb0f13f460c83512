// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.Step;
import org.junit.jupiter.api.Test;

class FeatureCacheTest {

    private static final Shape SAMPLE = Shape.of(2, 4, 8, 8);

    private final FeatureCache cache = new FeatureCache(1, 1);

    private boolean begins(int index, double timestep, Shape sample) {
        return cache.beginsRun(Step.of(index, timestep), sample);
    }

    @Test
    void theFirstCallBeginsARunWhateverItsIndex() {
        assertTrue(begins(3, 500, SAMPLE));
        assertTrue(cache.isEmpty());
        assertEquals(0, cache.bytes());
    }

    @Test
    void aRunGoesOnWhileIndicesRiseAndTimestepsDoNot() {
        cache.advance(Step.of(4, 500), SAMPLE, true);
        assertFalse(begins(5, 480, SAMPLE));
        assertFalse(begins(5, 500, SAMPLE));
        assertFalse(begins(9, 480, SAMPLE));
    }

    @Test
    void aRunBeginsOnIndexTimestepOrSizes() {
        cache.advance(Step.of(4, 500), SAMPLE, true);
        assertTrue(begins(0, 480, SAMPLE));
        assertTrue(begins(4, 480, SAMPLE));
        assertTrue(begins(3, 480, SAMPLE));
        assertTrue(begins(5, 501, SAMPLE));
        assertTrue(begins(5, 480, Shape.of(1, 4, 8, 8)));
        assertTrue(begins(5, 480, Shape.of(2, 4, 16, 16)));
    }
}
