// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--branch",
            paramLabel = "B",
            description = "Branch to cut at, 0 (default) is the outermost.")
    private @Nullable Integer branch;

    @Option(
            names = "--max-share",
            paramLabel = "X",
            description = "The deepest branch whose cached step costs at most this share.")
    private @Nullable Double maxShare;

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
        CachePlan plan = Branches.plan(LoadedModel.anatomy(unet), branch, maxShare);
        boolean made = !Files.exists(out);
        Files.createDirectories(out);
        Path unfinished = Files.createTempDirectory(out, ".deepcache");
        List<Path> written;
        try {
            fill(unfinished, unet, plan);
            written = moveUp(unfinished);
        } catch (IOException | RuntimeException e) {
            if (made) {
                delete(out);
            }
            throw e;
        } finally {
            delete(unfinished);
        }
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

    private void fill(Path folder, UNet unet, CachePlan plan) throws IOException {
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

    /** All files are complete before the first gets its name. */
    private List<Path> moveUp(Path folder) throws IOException {
        List<Path> moved = new ArrayList<>();
        for (Path file : list(folder)) {
            Path target = out.resolve(file.getFileName());
            Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
            moved.add(target);
        }
        return moved;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            for (Path file : list(folder)) {
                delete(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
