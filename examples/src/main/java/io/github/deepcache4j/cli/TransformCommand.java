// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache transform}: the graphs of a cut as files that stock SameDiff loads. */
@Command(
        name = "transform",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Write the full and the cached graph, or one gated graph, as SameDiff files.")
final class TransformCommand implements Callable<Integer> {

    private static final String SNIPPET = "UseDeepCache.java";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin private ModelOptions options = new ModelOptions();

    @Mixin private BranchOptions where = new BranchOptions();

    @Option(
            names = "--gated",
            description = "One gated.fb for DeepCacheListener instead of full.fb and cached.fb.")
    private boolean gated;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder to fill.")
    private Path out = Path.of("");

    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        OutputFile.checkFolder("--out", out);
        ImportedGraph imported = UNetImporter.graph(options.model(), options.importOptions());
        UNet unet = UNetImporter.unet(imported, options.importOptions());
        CachePlan plan = where.plan(LoadedModel.anatomy(unet));
        List<Path> written = OutputFile.fill(out, folder -> write(folder, unet, plan));
        json.write(JsonFile.tree(PlanFacts.of(plan)));
        PrintWriter print = spec.commandLine().getOut();
        print.println(
                "branch "
                        + plan.branch()
                        + ", boundary "
                        + plan.boundary()
                        + " "
                        + plan.boundaryShape()
                        + ": a cached step costs "
                        + Amount.percent(plan.share())
                        + " of a full one");
        written.forEach(file -> print.println("wrote " + file));
        return 0;
    }

    private void write(Path folder, UNet unet, CachePlan plan) throws IOException {
        if (gated) {
            DeepCacheRewriter.gate(unet, plan).save(folder.resolve("gated.fb").toFile());
            Files.writeString(
                    folder.resolve("plan.json"),
                    JsonFile.pretty(JsonFile.tree(PlanFacts.of(plan))));
            Files.writeString(folder.resolve(SNIPPET), JavaSnippet.gated(unet, plan));
        } else {
            DeepCacheRewriter.split(unet, plan).save(folder);
            Files.writeString(folder.resolve(SNIPPET), JavaSnippet.split(unet, plan));
        }
    }
}
