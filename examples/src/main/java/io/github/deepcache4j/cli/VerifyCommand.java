// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.engine.CompiledGraph;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.ParityCheck;
import io.github.deepcache4j.importer.RandomInputs;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.importer.onnx.OnnxReference;
import io.github.deepcache4j.importer.onnx.ParityTrace;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.rewrite.SplitCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache verify}: does the imported and cut model compute what the file says. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Compare the imported model with ONNX Runtime, and every cut with the model.")
final class VerifyCommand implements Callable<Integer> {

    /**
     * A cut runs the very operations of the model, so it may differ by rounding at most; in bf16
     * that is as much as the engine itself may differ.
     */
    private static final double SPLIT_TOLERANCE = 1e-5;

    private static final String NO_REFERENCE =
            "give the numbers that the model gives where it was made, --golden FILE.npz, and leave"
                    + " out --trace";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();

    @Option(
            names = "--golden",
            paramLabel = "FILE.npz",
            description = "Compare with these arrays, named after inputs and outputs, instead.")
    private @Nullable Path golden;

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            description =
                    "Largest error as a share of the reference's maximum; default 1e-4, in bf16"
                            + " 5e-2.")
    private @Nullable Double limit;

    private double tolerance;

    @Option(
            names = "--branch",
            paramLabel = "B",
            description = "Check the cut at this branch only; repeatable. Default all.")
    private List<Integer> only = List.of();

    @Option(
            names = "--trace",
            description = "Find the first tensor that differs from ONNX Runtime's.")
    private boolean trace;

    @Option(names = "--seed", paramLabel = "K", description = "Of the random inputs; default 0.")
    private long seed;

    @Mixin private EngineOptions engines = new EngineOptions();
    @Mixin private JsonFile json = new JsonFile();

    /** What is compared: the inputs, and the values that should come out. */
    private record Expected(Map<String, INDArray> inputs, Map<String, INDArray> outputs) {}

    @Override
    public Integer call() throws IOException {
        json.check();
        Engine engine = engines.engine();
        Precision precision = engines.precision();
        tolerance = limit != null ? limit : precision == Precision.BF16 ? 5e-2 : 1e-4;
        if (!(tolerance >= 0)) {
            throw new UserError("--tolerance " + tolerance + " is not a positive number");
        }
        GoldenValues values = golden == null ? null : GoldenValues.read(golden);
        ImportOptions importOptions = options.importOptions();
        if (values != null) {
            importOptions = values.sizes(UNetImporter.inputs(options.model()), importOptions);
        }
        if (values == null || trace) {
            options.onnxFile(NO_REFERENCE);
        }
        LoadedModel model = LoadedModel.load(options.model(), importOptions);
        Expected expected =
                values == null
                        ? fromOnnxRuntime(model.imported())
                        : new Expected(
                                values.inputs(model.imported(), model.graph()),
                                values.outputs(model.imported()));
        Map<String, INDArray> results =
                run(
                        model.imported(),
                        outputs(model, expected),
                        expected.inputs(),
                        engine,
                        precision);
        Map<String, INDArray> compared = new LinkedHashMap<>(results);
        compared.keySet().retainAll(expected.outputs().keySet());
        ParityCheck parity = ParityCheck.compare(compared, expected.outputs());
        boolean pass = parity.within(tolerance);

        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "maximum absolute error "
                        + Amount.error(parity.maxAbs())
                        + ", relative to the reference's maximum "
                        + Amount.error(parity.maxRel())
                        + ", relative RMS "
                        + Amount.error(parity.relativeRms())
                        + (golden == null ? " (ONNX Runtime)" : " (" + golden + ")"));
        ObjectNode facts = JsonFile.object();
        facts.put("maxAbs", parity.maxAbs()).put("maxRel", parity.maxRel());
        facts.put("relativeRms", parity.relativeRms());
        if (trace) {
            trace(model.imported(), expected.inputs(), engine, precision, facts, out);
        }
        pass &= branches(model, expected.inputs(), results, engine, precision, facts, out);
        facts.put("tolerance", tolerance);
        facts.put("pass", pass);
        facts.set("model", JsonFile.tree(model.imported().provenance()));
        json.write(facts);
        out.println(pass ? "pass" : "FAIL: not within " + tolerance);
        return pass ? 0 : DeepCacheCommand.NO;
    }

    private Expected fromOnnxRuntime(ImportedGraph model) {
        Map<String, INDArray> inputs = RandomInputs.seeded(model, seed);
        Path file = options.onnxFile(NO_REFERENCE);
        try (OnnxReference reference = OnnxReference.open(file)) {
            return new Expected(inputs, reference.run(inputs));
        }
    }

    /** What is compared, and the prediction, with which the cuts are compared. */
    private static List<String> outputs(LoadedModel model, Expected expected) {
        Set<String> names = new LinkedHashSet<>(expected.outputs().keySet());
        if (model.anatomy() instanceof Found found) {
            names.add(found.anatomy().graph().value(found.anatomy().output()).name());
        }
        return List.copyOf(names);
    }

    private static Map<String, INDArray> run(
            ImportedGraph model,
            List<String> tensors,
            Map<String, INDArray> inputs,
            Engine engine,
            Precision precision) {
        try (CompiledGraph graph =
                engine.compile(model.sameDiff(), tensors, model.inputShapes(), precision)) {
            Map<String, INDArray> results = new LinkedHashMap<>();
            graph.run(inputs).forEach((name, array) -> results.put(name, array.dup()));
            return results;
        }
    }

    /** Says where the difference begins; it is for people who look for a fault, and no verdict. */
    private void trace(
            ImportedGraph model,
            Map<String, INDArray> inputs,
            Engine engine,
            Precision precision,
            ObjectNode facts,
            PrintWriter out) {
        ParityTrace found =
                ParityTrace.find(
                        options.onnxFile(NO_REFERENCE),
                        model,
                        inputs,
                        tensors -> run(model, tensors, inputs, engine, precision),
                        tolerance);
        if (found.first().isEmpty()) {
            out.println(
                    "no tensor differs from ONNX Runtime's by more than "
                            + tolerance
                            + " of its maximum ("
                            + found.compared()
                            + " compared)");
            facts.putNull("trace");
            return;
        }
        ParityTrace.Difference first = found.first().get();
        out.println(
                "first tensor that differs from ONNX Runtime's: "
                        + first.tensor()
                        + " "
                        + first.shape()
                        + ", of node "
                        + first.node()
                        + " ("
                        + first.op()
                        + "): maximum absolute error "
                        + Amount.error(first.parity().maxAbs())
                        + ", relative "
                        + Amount.error(first.parity().maxRel()));
        ObjectNode fact = facts.putObject("trace");
        fact.put("tensor", first.tensor()).put("node", first.node()).put("op", first.op());
        fact.set("shape", JsonFile.sizes(first.shape()));
        fact.put("maxAbs", first.parity().maxAbs()).put("maxRel", first.parity().maxRel());
    }

    /** Checks the cut at every branch; a model without branches passes. */
    private boolean branches(
            LoadedModel model,
            Map<String, INDArray> inputs,
            Map<String, INDArray> results,
            Engine engine,
            Precision precision,
            ObjectNode facts,
            PrintWriter out) {
        ArrayNode array = JsonFile.object().putArray("branches");
        double fullMaxAbs = 0;
        boolean pass = true;
        if (model.anatomy() instanceof Found found) {
            TextTable table = new TextTable("branch", "full - original", "cached - full");
            for (int branch : only.isEmpty() ? all(found.anatomy()) : only) {
                CachePlan plan = Branches.plan(model.anatomy(), branch, null);
                SplitCheck check =
                        SplitCheck.run(
                                Objects.requireNonNull(results.get(plan.output()), plan.output()),
                                DeepCacheRewriter.split(model.imported().sameDiff(), plan),
                                inputs,
                                engine,
                                precision);
                pass &=
                        check.within(
                                precision == Precision.BF16
                                        ? tolerance
                                        : Math.min(tolerance, SPLIT_TOLERANCE));
                fullMaxAbs = Math.max(fullMaxAbs, check.fullMaxAbs());
                array.addObject().put("id", branch).put("maxAbs", check.cachedMaxAbs());
                table.row(
                        String.valueOf(branch),
                        Amount.error(check.fullMaxAbs()),
                        Amount.error(check.cachedMaxAbs()));
            }
            out.println(table);
        } else {
            out.println("not a U-Net with skips: no branches to check");
        }
        facts.put("fullMaxAbs", fullMaxAbs);
        facts.set("branches", array);
        return pass;
    }

    private static List<Integer> all(UNetAnatomy anatomy) {
        return anatomy.skips().stream().map(SkipConnection::branch).toList();
    }
}
