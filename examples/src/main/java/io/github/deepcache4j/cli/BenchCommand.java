// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.importer.RandomInputs;
import io.github.deepcache4j.importer.onnx.OnnxReference;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code deepcache bench}: full and cached steps in every engine, and ONNX Runtime, in one process
 * and in turn, so that a machine whose speed drifts slows all alike.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Time full and cached steps in every engine beside ONNX Runtime.")
final class BenchCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOrPreset options = new ModelOrPreset();

    @Option(
            names = "--engines",
            split = ",",
            paramLabel = "E",
            description = "Engines to time; default onednn,nd4j,samediff.")
    private List<String> engines = List.of("onednn", "nd4j", "samediff");

    @Option(
            names = "--precision",
            split = ",",
            paramLabel = "P",
            description = "Number formats to time; default f32.")
    private List<String> precisions = List.of("f32");

    @Option(names = "--peer", paramLabel = "NAME", description = "onnxruntime (default) or none.")
    private String peer = "onnxruntime";

    @Option(
            names = "--interval",
            paramLabel = "N",
            description = "One full step every N; default 5.")
    private int interval = 5;

    @Option(names = "--branch", paramLabel = "B", description = "Branch to cut at; default 2.")
    private int branch = 2;

    @Option(names = "--runs", paramLabel = "K", description = "Intervals to time; default 10.")
    private int runs = 10;

    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        SamplingSettings.positive("--interval", interval);
        SamplingSettings.positive("--runs", runs);
        if (!List.of("onnxruntime", "none").contains(peer)) {
            throw new UserError("there is no peer " + peer + "; take onnxruntime or none");
        }
        LoadedModel model = options.load();
        UNet unet =
                model.unet()
                        .orElseThrow(
                                () -> new UserError("not a U-Net with a timestep; see inspect"));
        CachePlan plan = Branches.plan(model.anatomy(), branch, null);
        Map<String, INDArray> inputs = RandomInputs.seeded(model.imported(), 0);
        List<BenchContender> contenders = new ArrayList<>();
        BenchTimes peerTimes = new BenchTimes();
        try (OnnxReference reference = reference()) {
            for (String engine : engines) {
                precisions.forEach(
                        precision -> contender(contenders, engine, precision, unet, plan));
            }
            if (contenders.isEmpty()) {
                throw new UserError("none of the engines " + engines + " runs here");
            }
            for (int run = -1; run < runs; run++) {
                boolean counts = run >= 0;
                for (BenchContender contender : contenders) {
                    quiet();
                    contender.interval(inputs, interval, counts);
                }
                if (reference != null) {
                    quiet();
                    peer(reference, inputs, peerTimes, counts);
                }
            }
            report(unet, plan, contenders, reference == null ? null : peerTimes);
        } finally {
            contenders.forEach(BenchContender::close);
        }
        return 0;
    }

    /** Threads of whoever ran before wait awake for some time: ONNX Runtime's for 10 to 50 ms. */
    private static void quiet() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Two calls, after one that does not count, as for the engines. */
    private static void peer(
            OnnxReference reference, Map<String, INDArray> inputs, BenchTimes times, boolean counts)
            throws IOException {
        reference.run(inputs);
        for (int call = 0; call < 2; call++) {
            long start = System.nanoTime();
            reference.run(inputs);
            times.add(System.nanoTime() - start, counts);
        }
    }

    private @Nullable OnnxReference reference() {
        if (!peer.equals("none") && options.isPreset()) {
            leaveOut("onnxruntime runs files only, and a preset has none");
            return null;
        }
        return peer.equals("none")
                ? null
                : OnnxReference.open(options.onnxFile("give --peer none"), Threads.limit());
    }

    private void leaveOut(String reason) {
        spec.commandLine().getErr().println("left out: " + reason);
    }

    /** Adds an engine in a precision, or says on stderr why it does not run. */
    private void contender(
            List<BenchContender> contenders,
            String name,
            String precisionName,
            UNet unet,
            CachePlan plan) {
        Precision precision = EngineOptions.precision(precisionName);
        Engine engine =
                Engines.all().stream()
                        .filter(candidate -> candidate.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new UserError("there is no engine " + name));
        engine.unavailable(precision)
                .ifPresentOrElse(
                        this::leaveOut,
                        () -> contenders.add(BenchContender.of(engine, precision, unet, plan)));
    }

    private void report(
            UNet unet,
            CachePlan plan,
            List<BenchContender> contenders,
            @Nullable BenchTimes peerTimes)
            throws IOException {
        ObjectNode facts = JsonFile.object();
        ArrayNode rows = facts.putArray("rows");
        TextTable table =
                new TextTable("engine", "precision", "step", "min ms", "median ms", "of peer");
        double peerMedian = peerTimes == null ? Double.NaN : peerTimes.medianMs();
        for (BenchContender contender : contenders) {
            row(rows, table, contender, "full", contender.full(), peerMedian);
            if (interval > 1) {
                row(rows, table, contender, "cached", contender.cached(), peerMedian);
            }
        }
        if (peerTimes != null) {
            facts.putObject("peer")
                    .put("minMs", peerTimes.minMs())
                    .put("medianMs", peerTimes.medianMs());
            table.row(
                    peer,
                    "f32",
                    "full",
                    Amount.fixed(peerTimes.minMs(), 2),
                    Amount.fixed(peerMedian, 2),
                    "1.00");
        }
        BenchContender judged =
                contenders.stream()
                        .filter(c -> c.isOneDnnF32())
                        .findFirst()
                        .orElse(contenders.get(0));
        double share = (double) plan.cachedMacs() / plan.fullMacs();
        double predicted = interval / (1 + (interval - 1) * share);
        double full = judged.full().medianMs();
        double cached = interval > 1 ? judged.cached().medianMs() : 0;
        double measured = interval * full / (full + (interval - 1) * cached);
        facts.putObject("speedup").put("measured", measured).put("predicted", predicted);
        facts.put("interval", interval).put("branch", branch).put("threads", Threads.limit());
        facts.put("cacheBytes", judged.cacheBytes());
        long weights = BenchMemory.weights(unet);
        facts.put("weightBytes", weights);
        ArrayNode sessions = facts.putArray("sessions");
        contenders.forEach(contender -> session(sessions, contender, weights));
        facts.put("peakRss", BenchMemory.peak());
        json.write(facts);
        PrintWriter out = spec.commandLine().getOut();
        out.println(table);
        out.println(
                "speed-up at interval "
                        + interval
                        + ", branch "
                        + branch
                        + ": "
                        + Amount.fixed(measured, 2)
                        + " measured, "
                        + Amount.fixed(predicted, 2)
                        + " predicted from multiply-accumulates");
        contenders.forEach(contender -> out.println(session(contender, weights)));
    }

    private static void session(ArrayNode sessions, BenchContender contender, long weights) {
        sessions.addObject()
                .put("engine", contender.engine())
                .put("precision", contender.precision().toString())
                .put("compileSeconds", contender.compileSeconds())
                .put("bytes", weights + contender.compiledBytes());
    }

    private static String session(BenchContender contender, long weights) {
        return contender.engine()
                + " "
                + contender.precision()
                + ": compiled in "
                + Amount.fixed(contender.compileSeconds(), 2)
                + " s, memory with weights "
                + Amount.fixed(1 + (double) contender.compiledBytes() / weights, 2)
                + " times the weights";
    }

    private static void row(
            ArrayNode rows,
            TextTable table,
            BenchContender contender,
            String kind,
            BenchTimes times,
            double peerMedian) {
        String precision = contender.precision().toString();
        rows.addObject()
                .put("engine", contender.engine())
                .put("precision", precision)
                .put("kind", kind)
                .put("minMs", times.minMs())
                .put("medianMs", times.medianMs());
        table.row(
                contender.engine(),
                precision,
                kind,
                Amount.fixed(times.minMs(), 2),
                Amount.fixed(times.medianMs(), 2),
                Double.isNaN(peerMedian) ? "" : Amount.fixed(times.medianMs() / peerMedian, 2));
    }
}
