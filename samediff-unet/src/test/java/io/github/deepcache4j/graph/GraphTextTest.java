// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class GraphTextTest {

    private static final String TEXT =
            """
            input x FLOAT 1x3x8x8
            input t INT scalar
            const w FLOAT 4x3x3x3
            y FLOAT 1x4x8x8 = conv2d(x, w) [3,3,1,1,1,1,1,1,0,0,1]
            a FLOAT 1x2x8x8, b FLOAT 1x2x8x8 = split(y) [2,-1] @halves
            "odd name, \\"quoted\\"" FLOAT 1x2x8x8 = add(a, a)
            const late FLOAT 2
            "input" FLOAT 1x2x8x8 = multiply("odd name, \\"quoted\\"", late)
            output "input"
            output b
            """;

    @Test
    void printsWhatItParsed() {
        assertEquals(TEXT, GraphText.print(GraphText.parse(TEXT)));
    }

    @Test
    void keepsOperationsOperandsAndArguments() {
        DataflowGraph graph = GraphText.parse(TEXT);
        Node split = graph.node(1);
        assertEquals("halves", split.name());
        assertEquals("split", split.op());
        assertEquals(List.of(2L, -1L), split.integers());
        assertEquals(List.of(graph.value("a").id(), graph.value("b").id()), split.outputs());
        assertEquals(
                new Value(1, "t", Value.Kind.INPUT, DataType.INT, Shape.of()), graph.value("t"));
        assertEquals(List.of(graph.value("input").id(), graph.value("b").id()), graph.outputs());
    }

    @Test
    void ignoresBlankLinesCommentsAndIndents() {
        DataflowGraph graph =
                GraphText.parse("# net\n\n  input x FLOAT 2 # the sample\n y FLOAT 2=neg( x )\n");
        assertEquals("input x FLOAT 2\ny FLOAT 2 = neg(x)\n", GraphText.print(graph));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "y FLOAT 2 = neg(z)|'z' is not introduced by a line above",
                "y FLOAT 2 = neg(y)|'y' is not introduced by a line above",
                "output z|'z' is not introduced by a line above",
                "input x FLOAT 2|'x' was introduced before",
                "input y FLOTA 2|'FLOTA 2' is not a type and a shape like FLOAT 1x3x8x8",
                "input y FLOAT 2xx2|'FLOAT 2xx2' is not a type and a shape like FLOAT 1x3x8x8",
                "y FLOAT 2 neg(x)|expected '=' at column 11",
                "y FLOAT 2 = neg(x|expected ',' at the end of the line",
                "y FLOAT 2 = neg(x) [1,a]|'a' is not an integer",
                "y FLOAT 2 = neg(x) rest|nothing more was expected",
                "input y|expected an element type at the end of the line",
                "\"y FLOAT 2 = neg(x)|the quote of a name is not closed",
            })
    void errorsSayLineAndCause(String line, String cause) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GraphText.parse("input x FLOAT 2\n# comment\n" + line))
                        .getMessage();
        assertTrue(message.startsWith("line 3: " + cause), message);
    }
}
