// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacCounterTest {

    /** The expected numbers are products written out by hand: positions, kernel, channels. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // output 2x5x8x6, kernel 3x3, 3 channels
                "2x3x8x6|5x3x3x3|2x5x8x6 = conv2d(x, w) [3,3,1,1,0,0,1,1,1,0,1]|12960",
                "2x3x8x6|3x3x3x5|2x5x8x6 = conv2d(x, w) [3,3,1,1,0,0,1,1,1,0,0]|12960",
                "2x8x6x3|5x3x3x3|2x8x6x5 = conv2d(x, w) [3,3,1,1,0,0,1,1,1,1,2]|12960",
                // without the weight format argument the format is 0
                "2x3x8x6|3x3x3x5|2x5x4x3 = conv2d(x, w) [3,3,2,2,0,0,1,1,1,0]|3240",
                // output 2x5x10, kernel 3, 4 channels
                "2x4x10|3x4x5|2x5x10 = conv1d(x, w) [3,1,0,1,1,0]|1200",
                "2x4x10|5x4x3|2x5x10 = conv1d(x, w) [3,1,0,1,1,0,1]|1200",
                // output 1x6x4x4, kernel 3x3, one input channel each
                "1x3x4x4|3x3x3x2|1x6x4x4 = depthwise_conv2d(x, w) [3,3,1,1,0,0,1,1,1,0]|864",
                "1x3x4x4|3x3x3x2|1x6x4x4 = sconv2d(x, w) [3,3,1,1,0,0,1,1,1,0]|864",
                "1x3x4x4|1x1x3x7|1x7x4x4 = pointwise_conv2d(x, w) [0]|336",
                // 4x4 input positions, kernel 2x2, 3 to 5 channels, stride 2
                "1x3x4x4|2x2x5x3|1x5x8x8 = deconv2d(x, w) [2,2,2,2,0,0,1,1,0,0]|960",
                "1x3x4x4|3x5x2x2|1x5x8x8 = deconv2d(x, w) [2,2,2,2,0,0,1,1,0,0,1]|960",
                "4x6|6x5|4x5 = matmul(x, w)|120",
                "6x4|6x5|4x5 = matmul(x, w) [1,0,0]|120",
                "2x3x4x6|6x5|2x3x4x5 = matmul(x, w) [0,0,0]|720",
                "4x6|6x5|4x5 = xw_plus_b(x, w, b)|120",
                "4x6|5x6|4x5 = xw_plus_b(x, w, b) [0,1]|120",
                "2x3x4|4x3x5|2x5 = tensormmul(x, w) [2,1,2,2,1,0]|120",
                "2x3x4|4x3x5|2x5 = tensordot(x, w) [2,1,2,2,1,0]|120",
            })
    void countsOutputElementsTimesContractedLength(String x, String w, String node, long expected) {
        DataflowGraph graph =
                GraphText.parse(
                        "input x FLOAT %s\nconst w FLOAT %s\nconst b FLOAT 5\ny FLOAT %s\noutput y"
                                .formatted(x, w, node));
        assertEquals(
                new MacCounter.Macs(expected, 0), MacCounter.of(graph).count(graph.node(0)), node);
    }

    @Test
    void separableConvolutionCountsBothParts() {
        DataflowGraph graph =
                GraphText.parse(
                        """
                        input x FLOAT 1x3x4x4
                        const d FLOAT 3x3x3x2
                        const p FLOAT 1x1x6x7
                        y FLOAT 1x7x4x4 = sconv2d(x, d, p) [3,3,1,1,0,0,1,1,1,0]
                        """);
        // 16 positions: 6 channels of 3x3 taps, then 7 outputs of 6 channels
        assertEquals(16 * (6 * 9 + 7 * 6), MacCounter.of(graph).count(graph.node(0)).weights());
    }

    @Test
    void productsOfActivationsAreKeptApart() {
        DataflowGraph graph =
                GraphText.parse(
                        """
                        input q FLOAT 2x4x6
                        input k FLOAT 2x5x6
                        const one FLOAT scalar
                        scores FLOAT 2x4x5 = matmul(q, k) [0,1,0]
                        gemm FLOAT 4x6 = batched_gemm(one, one, q, k) [0,0,4,6,5,4,6,5,2]
                        input v FLOAT 2x7x6
                        mixed FLOAT 2x7x6 = dot_product_attention(k, k, v)
                        """);
        MacCounter counter = MacCounter.of(graph);
        assertEquals(new MacCounter.Macs(0, 2 * 4 * 5 * 6), counter.count(graph.node(0)));
        assertEquals(new MacCounter.Macs(0, 2 * 4 * 6 * 5), counter.count(graph.node(1)));
        // scores 6x6 of 5 features, mixture 7x6 of 6 timesteps
        assertEquals(
                new MacCounter.Macs(0, 2 * (6 * 6 * 5 + 7 * 6 * 6)), counter.count(graph.node(2)));
        assertEquals(480, counter.count(bits(0, 1)).total());
    }

    @Test
    void weightBehindConstantOperationsIsAWeight() {
        DataflowGraph graph =
                GraphText.parse(
                        """
                        input x FLOAT 4x6
                        const w FLOAT 5x3x2
                        flat FLOAT 5x6 = reshape(w)
                        turned FLOAT 6x5 = permute(flat) [1,0]
                        y FLOAT 4x5 = matmul(x, turned)
                        fixed FLOAT 5x5 = matmul(flat, turned)
                        """);
        MacCounter counter = MacCounter.of(graph);
        assertEquals(new MacCounter.Macs(120, 0), counter.count(graph.node(2)));
        assertEquals(new MacCounter.Macs(0, 0), counter.count(graph.node(3)));
    }

    @Test
    void unknownProductsAreListedAndOtherOperationsAreNot() {
        DataflowGraph graph =
                GraphText.parse(
                        """
                        input x FLOAT 1x2x4x4x4
                        const w FLOAT 3x3x3x2x2
                        y FLOAT 1x2x4x4x4 = conv3dnew(x, w) [3,3,3]
                        z FLOAT 1x2x4x4x4 = multiply(y, y)
                        """);
        MacCounter counter = MacCounter.of(graph);
        assertEquals(0, counter.count(bits(0, 1)).total());
        assertEquals(java.util.List.of(graph.node(0)), counter.uncounted(bits(0, 1)));
    }

    @Test
    void missingArgumentsAreAnErrorThatNamesTheNode() {
        DataflowGraph graph =
                GraphText.parse("input x FLOAT 2x4x6\ny FLOAT 4x6 = batched_gemm(x, x) [0,0]");
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MacCounter.of(graph).count(graph.node(0)))
                        .getMessage();
        assertTrue(message.contains("node y: the multiply-accumulates of batched_gemm"), message);
    }

    private static BitSet bits(int... ids) {
        BitSet bits = new BitSet();
        for (int id : ids) {
            bits.set(id);
        }
        return bits;
    }
}
