// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.onnx.ConformanceCase.Kind;
import io.github.deepcache4j.importer.onnx.ConformanceOutcome.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import onnx.OnnxMl.AttributeProto;
import onnx.OnnxMl.GraphProto;
import onnx.OnnxMl.ModelProto;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ONNX project's own node cases: each passes, or is refused by a message that says what is
 * refused and why. The last test compares the results with docs/conformance.md.
 */
class ConformanceTest {

    private static final Path PAGE = Path.of("../docs/conformance.md");

    @TempDir static Path folder;

    @TestFactory
    Stream<DynamicTest> nodeCases() throws IOException {
        ConformanceTable table = new ConformanceTable();
        Stream<DynamicTest> cases =
                ConformanceCase.unpack(folder).stream()
                        .map(test -> DynamicTest.dynamicTest(test.name(), () -> run(test, table)));
        return Stream.concat(
                cases,
                Stream.of(
                        DynamicTest.dynamicTest("at least 95 %", () -> enoughPass(table)),
                        DynamicTest.dynamicTest("docs", () -> pageIsUpToDate(table))));
    }

    private static void run(ConformanceCase test, ConformanceTable table) throws IOException {
        ConformanceOutcome outcome = ConformanceOutcome.of(test);
        table.add(test, outcome);
        assertTrue(outcome.verdict() != Verdict.WRONG, outcome::detail);
        if (outcome.verdict() == Verdict.REFUSED) {
            assertTrue(saysWhat(test, outcome.detail()), outcome::detail);
        }
    }

    /** A refusal names an operator, or what has no type, size or version here. */
    private static boolean saysWhat(ConformanceCase test, String message) throws IOException {
        GraphProto graph = ModelProto.parseFrom(Files.readAllBytes(test.model())).getGraph();
        return message.startsWith(test.name() + ".onnx: ")
                && (operators(graph).anyMatch(message::contains)
                        || message.contains("element type")
                        || message.contains("the sizes of")
                        || message.contains("is not a tensor")
                        || message.contains("no opset of the ONNX operators"));
    }

    /** Operators of a graph, and of the branches in it. */
    private static Stream<String> operators(GraphProto graph) {
        return graph.getNodeList().stream()
                .flatMap(
                        node ->
                                Stream.concat(
                                        Stream.of(node.getOpType()),
                                        node.getAttributeList().stream()
                                                .map(AttributeProto::getG)
                                                .flatMap(ConformanceTest::operators)));
    }

    private static void enoughPass(ConformanceTable table) {
        long passed = table.count(Verdict.PASSED, test -> test.kind() == Kind.REQUIRED);
        long refused = table.count(Verdict.REFUSED, test -> test.kind() == Kind.REQUIRED);
        assertTrue(passed >= 0.95 * (passed + refused), passed + " of " + (passed + refused));
    }

    private static void pageIsUpToDate(ConformanceTable table) throws IOException {
        String page = table.markdown();
        page.lines().filter(line -> line.startsWith("|")).limit(7).forEach(System.out::println);
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(
                Files.exists(PAGE) ? Files.readString(PAGE) : "",
                page,
                "docs/conformance.md is out of date; -Dconformance.write=true writes it");
    }
}
