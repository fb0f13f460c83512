// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Working memory of all {@link WinogradCall}s of a graph: one block, and planes for each size of
 * image, whose border is zero for good.
 */
final class WinogradMemory implements AutoCloseable {

    /**
     * Where the steps of a call find what the ones before left.
     *
     * @param planes of the image
     * @param lines transformed along columns
     * @param tiles transformed along both
     * @param products of tiles and weights, and the results, in place of the lines
     * @param sums transformed back along rows, in place of the tiles
     */
    record Places(Place planes, Place lines, Place tiles, Place products, Place sums) {}

    private final Scratchpad block = new Scratchpad();
    private final Map<List<Long>, Scratchpad> planes = new HashMap<>();

    Places of(WinogradShape shape) {
        List<Long> image = List.of(shape.rows(), shape.columns(), shape.in());
        Place lines = new Place(block, 0);
        // lines are read one row beyond their end
        long first = Math.max(8 * shape.inBand() + shape.inRow(), 16 * shape.outBand());
        Place tiles = lines.plus(first);
        return new Places(
                new Place(planes.computeIfAbsent(image, key -> new Scratchpad()), 0),
                lines,
                tiles,
                lines,
                tiles);
    }

    long bytes() {
        return block.bytes() + planes.values().stream().mapToLong(Scratchpad::bytes).sum();
    }

    @Override
    public void close() {
        block.close();
        planes.values().forEach(Scratchpad::close);
    }
}
