// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.GraphText;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts of the large presets are checked where their anatomy is, in dl4j-deepcache. */
class UNetPresetsTest {

    static List<String> names() {
        return UNetPresets.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyPresetKnowsItsSize(String name) {
        InputSizes sizes = InputSizes.of(UNetPresets.named(name), 3);
        assertEquals(3, sizes.batch());
    }

    @Test
    void unknownNamesListTheKnown() {
        assertEquals(
                "there is no preset sd; take one of mnist-small, ddpm-cifar10, sd-1.5, tiny,"
                        + " tiny-class, tiny-text",
                assertThrows(IllegalArgumentException.class, () -> UNetPresets.named("sd"))
                        .getMessage());
    }

    /** Counting without memory sees the graph that runs. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-class", "tiny-text"})
    void theGraphWithoutMemoryIsTheOneThatSamples(String name) {
        UNetConfig config = UNetPresets.named(name);
        InputSizes sizes = new InputSizes(2, 8, 8, 7);
        UNet unet = UNetBuilder.inference(config, sizes, 0);
        DataflowGraph graph = UNetBuilder.graph(config, sizes);
        assertEquals(GraphText.print(unet.graph()), GraphText.print(graph));
    }
}
