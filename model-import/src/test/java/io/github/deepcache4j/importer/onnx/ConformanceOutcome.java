// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.onnx;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What became of a conformance case.
 *
 * @param detail why it was refused, or what is wrong; empty if it passed
 */
record ConformanceOutcome(Verdict verdict, String detail) {

    /** Wrong numbers and exceptions that are no refusal are both {@code WRONG}. */
    enum Verdict {
        PASSED,
        REFUSED,
        WRONG
    }

    private static final Map<String, DataType> TYPES =
            Map.ofEntries(
                    Map.entry("FLOAT", DataType.FLOAT),
                    // computed in f32
                    Map.entry("FLOAT16", DataType.FLOAT),
                    Map.entry("BFLOAT16", DataType.FLOAT),
                    Map.entry("DOUBLE", DataType.DOUBLE),
                    Map.entry("INT32", DataType.INT),
                    Map.entry("INT64", DataType.LONG),
                    Map.entry("BOOL", DataType.BOOL),
                    Map.entry("INT8", DataType.BYTE),
                    Map.entry("UINT8", DataType.UBYTE));

    /** Four units in the last place: the reference rounds in between, we compute in f32. */
    private static final Map<String, Double> ROUNDING =
            Map.of("FLOAT16", 0x1p-8, "BFLOAT16", 0x1p-5);

    /** Imports and runs a case twice: the second time finds used buffers. */
    static ConformanceOutcome of(ConformanceCase test) {
        try {
            ImportedGraph graph =
                    new OnnxImporter(OnnxOpRegistry.standard())
                            .read(test.model(), ImportOptions.none());
            if (!test.isNumeric()) {
                return wrong("was imported, though its operands are not numbers");
            }
            Optional<String> fault = run(test, graph).or(() -> run(test, graph));
            return fault.map(ConformanceOutcome::wrong)
                    .orElse(new ConformanceOutcome(Verdict.PASSED, ""));
        } catch (ImportException e) {
            return new ConformanceOutcome(Verdict.REFUSED, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return wrong(e.toString());
        }
    }

    private static ConformanceOutcome wrong(String detail) {
        return new ConformanceOutcome(Verdict.WRONG, detail);
    }

    private static Optional<String> run(ConformanceCase test, ImportedGraph graph) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        for (Port port : graph.inputs()) {
            INDArray array =
                    test.operands().stream()
                            .filter(operand -> operand.name().equals(port.name()))
                            .findFirst()
                            .flatMap(ConformanceCase.Tensor::array)
                            .orElseThrow();
            inputs.put(port.name(), array.castTo(port.type()));
        }
        String[] outputs = graph.outputs().stream().map(Port::name).toArray(String[]::new);
        Map<String, INDArray> actual = graph.sameDiff().output(inputs, outputs);
        return test.results().stream()
                .map(result -> fault(test, result, actual.get(result.name())))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> fault(
            ConformanceCase test, ConformanceCase.Tensor result, INDArray actual) {
        INDArray expected = result.array().orElseThrow();
        DataType type = TYPES.get(result.type());
        if (type != actual.dataType()) {
            return Optional.of(result.name() + " is " + actual.dataType() + " not " + type);
        }
        if (!java.util.Arrays.equals(expected.shape(), actual.shape())) {
            return Optional.of(
                    result.name()
                            + " has the shape "
                            + java.util.Arrays.toString(actual.shape())
                            + " not "
                            + java.util.Arrays.toString(expected.shape()));
        }
        double relative =
                Math.max(test.relativeTolerance(), ROUNDING.getOrDefault(result.type(), 0.0));
        INDArray ours = actual.dup('c').reshape(actual.length());
        INDArray theirs = expected.reshape(expected.length());
        for (long i = 0; i < theirs.length(); i++) {
            boolean whole = expected.dataType() == DataType.LONG;
            double wanted = theirs.getDouble(i);
            double found = ours.getDouble(i);
            boolean same =
                    whole
                            ? theirs.getLong(i) == ours.getLong(i)
                            : close(found, wanted, relative, test.absoluteTolerance());
            if (!same) {
                return Optional.of(result.name() + "[" + i + "] is " + found + " not " + wanted);
            }
        }
        return Optional.empty();
    }

    private static boolean close(double found, double wanted, double relative, double absolute) {
        return found == wanted
                || (Double.isNaN(found) && Double.isNaN(wanted))
                || Math.abs(found - wanted) <= absolute + relative * Math.abs(wanted);
    }
}
