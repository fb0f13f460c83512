// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.Node;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SkipFinderPropertyTest {

    private static final int NETWORKS = 400;

    @Test
    void findsExactlyTheSkipsOfRandomUNets() {
        for (long seed = 0; seed < NETWORKS; seed++) {
            RandomUNet net = new RandomUNet(seed);
            UNetAnatomy anatomy = anatomy(net, seed);
            DataflowGraph graph = anatomy.graph();
            List<RandomUNet.Expected> found =
                    anatomy.skips().stream()
                            .map(
                                    skip ->
                                            new RandomUNet.Expected(
                                                    skip.kind(),
                                                    graph.node(skip.merge()).name(),
                                                    graph.value(skip.skip()).name(),
                                                    graph.value(skip.boundary()).name()))
                            .toList();
            assertEquals(net.expected(), found, "seed " + seed);
            assertEquals(List.of(), anatomy.remarks(), "seed " + seed);
        }
    }

    @Test
    void boundaryIsTheOnlyWayOutOfTheDeepRegion() {
        for (long seed = 0; seed < NETWORKS / 4; seed++) {
            UNetAnatomy anatomy = anatomy(new RandomUNet(seed), seed);
            long cheaper = 0;
            for (SkipConnection skip : anatomy.skips()) {
                String where = "seed " + seed + ", branch " + skip.branch();
                StagedParts parts = anatomy.parts(skip);
                assertPartition(anatomy.fullNodes(), parts, where);
                assertEquals(
                        Set.of(skip.boundary()),
                        crossing(anatomy.graph(), parts.deep(), parts.suffix()),
                        where);
                assertEquals(
                        Set.of(), crossing(anatomy.graph(), parts.deep(), parts.prefix()), where);
                assertTrue(skip.cachedMacs().total() > cheaper, where);
                cheaper = skip.cachedMacs().total();
            }
            assertTrue(cheaper < anatomy.fullMacs().total(), "seed " + seed);
        }
    }

    private static UNetAnatomy anatomy(RandomUNet net, long seed) {
        AnatomyResult result = SkipFinder.find(net.graph(), "x", "y");
        return assertInstanceOf(AnatomyResult.Found.class, result, "seed " + seed + ": " + result)
                .anatomy();
    }

    private static void assertPartition(BitSet full, StagedParts parts, String where) {
        BitSet union = parts.prefix();
        union.or(parts.deep());
        union.or(parts.suffix());
        assertEquals(full, union, where);
        assertEquals(
                full.cardinality(),
                parts.prefix().cardinality()
                        + parts.deep().cardinality()
                        + parts.suffix().cardinality(),
                where);
    }

    /** Values computed in one set of nodes and read in another. */
    private static Set<Integer> crossing(DataflowGraph graph, BitSet from, BitSet to) {
        Set<Integer> values = new HashSet<>();
        to.stream()
                .mapToObj(graph::node)
                .flatMap(node -> node.inputs().stream())
                .filter(in -> graph.producer(in).map(Node::id).filter(from::get).isPresent())
                .forEach(values::add);
        return values;
    }
}
