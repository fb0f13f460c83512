// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.AnatomyResult.NotAUNet;
import io.github.deepcache4j.anatomy.SkipConnection;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.graph.DataflowGraph;
import io.github.deepcache4j.graph.MacCounter;
import io.github.deepcache4j.graph.Value;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.report.AnatomySvg;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache inspect}: the skip branches of a model and what a cut at each would save. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "List the skip branches of a U-Net and what caching at each one saves.")
final class InspectCommand implements Callable<Integer> {

    private static final int[] INTERVALS = {2, 3, 5, 10};

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();
    @Mixin private JsonFile json = new JsonFile();

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Draw the anatomy: levels, skips, boundaries, shares of the cost.")
    private @Nullable Path svg;

    @Override
    public Integer call() throws IOException {
        json.check();
        if (svg != null) {
            OutputFile.check("--svg", svg);
        }
        Nd4j.getExecutioner(); // its start belongs to no model
        OptionalLong before = ResidentMemory.now();
        long start = System.nanoTime();
        LoadedModel model = LoadedModel.load(options.model(), options.importOptions());
        double seconds = (System.nanoTime() - start) / 1e9;
        OptionalLong peak = ResidentMemory.peak();
        PrintWriter out = spec.commandLine().getOut();
        DataflowGraph graph = model.graph();
        MacCounter.Macs macs = MacCounter.of(graph).count();
        out.println(
                model.imported().provenance().file()
                        + ": "
                        + graph.nodes().size()
                        + " operations, "
                        + Amount.of(macs.weights())
                        + " multiply-accumulates in convolutions and linear layers, "
                        + Amount.of(macs.activations())
                        + " in products of activations");
        model.imported().inputs().forEach(port -> out.println("  input   " + line(port)));
        model.imported().outputs().forEach(port -> out.println("  output  " + line(port)));
        ObjectNode facts = facts(model, graph, macs);
        ObjectNode load = facts.putObject("load").put("seconds", seconds);
        if (before.isPresent() && peak.isPresent()) {
            load.put("peakBytes", peak.getAsLong() - before.getAsLong());
        }
        if (model.anatomy() instanceof Found found) {
            branches(found.anatomy(), facts, out);
            if (model.unet().isEmpty()) {
                out.println(
                        "No input is a timestep: caching over the steps of a sampler does not apply"
                                + " to this network.");
            }
            if (svg != null) {
                OutputFile.writeText(
                        svg,
                        AnatomySvg.draw(found.anatomy(), model.imported().provenance().file()));
            }
            json.write(facts);
            return 0;
        }
        List<String> reasons = ((NotAUNet) model.anatomy()).reasons();
        out.println("This is not a U-Net that can be cached:");
        reasons.forEach(reason -> out.println("  " + reason));
        facts.putArray("branches");
        facts.set("reasons", JsonFile.tree(reasons));
        json.write(facts);
        return DeepCacheCommand.NO;
    }

    private static String line(Port port) {
        return port.name() + "  " + port.type() + "  " + port.shape();
    }

    private static ObjectNode facts(LoadedModel model, DataflowGraph graph, MacCounter.Macs macs) {
        ObjectNode facts = JsonFile.object();
        ports(facts.putArray("inputs"), model.imported().inputs());
        ports(facts.putArray("outputs"), model.imported().outputs());
        facts.put("nodes", graph.nodes().size());
        facts.put("macs", macs.weights());
        facts.put("matmulMacs", macs.activations());
        facts.set("model", JsonFile.tree(model.imported().provenance()));
        return facts;
    }

    private static void ports(ArrayNode array, List<Port> ports) {
        for (Port port : ports) {
            ObjectNode node = array.addObject();
            node.put("name", port.name());
            node.put("type", port.type().toString());
            node.set("shape", JsonFile.sizes(port.shape()));
        }
    }

    private static void branches(UNetAnatomy anatomy, ObjectNode facts, PrintWriter out) {
        List<String> header =
                new ArrayList<>(
                        List.of("branch", "merge", "skip", "boundary", "cached MACs", "share"));
        for (int interval : INTERVALS) {
            header.add("N=" + interval);
        }
        TextTable table = new TextTable(header.toArray(String[]::new));
        ArrayNode array = facts.putArray("branches");
        DataflowGraph graph = anatomy.graph();
        for (SkipConnection skip : anatomy.skips()) {
            String merge = graph.node(skip.merge()).name();
            double share = anatomy.share(skip);
            List<String> cells =
                    new ArrayList<>(
                            List.of(
                                    String.valueOf(skip.branch()),
                                    merge,
                                    line(graph.value(skip.skip())),
                                    line(graph.value(skip.boundary())),
                                    Amount.of(skip.cachedMacs().weights()),
                                    Amount.percent(share)));
            for (int interval : INTERVALS) {
                cells.add(Amount.fixed(interval / (1 + (interval - 1) * share), 2));
            }
            table.row(cells.toArray(String[]::new));
            ObjectNode node = array.addObject();
            node.put("id", skip.branch());
            node.put("merge", merge);
            value(node.putObject("skip"), graph.value(skip.skip()));
            value(node.putObject("boundary"), graph.value(skip.boundary()));
            node.put("cachedMacs", skip.cachedMacs().weights());
            node.put("cachedMatmulMacs", skip.cachedMacs().activations());
            node.put("share", share);
        }
        out.println();
        out.println(table);
        out.println();
        out.println("N=...: predicted speed-up with one full step every N.");
        anatomy.remarks().forEach(out::println);
        facts.set("remarks", JsonFile.tree(anatomy.remarks()));
    }

    private static String line(Value value) {
        return value.name() + " " + value.shape();
    }

    private static void value(ObjectNode node, Value value) {
        node.put("name", value.name());
        node.set("shape", JsonFile.sizes(value.shape()));
    }
}
