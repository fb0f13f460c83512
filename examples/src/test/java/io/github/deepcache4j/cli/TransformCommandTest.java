// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.deepcache4j.rewrite.CacheSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformCommandTest {

    private static final Path TINY = CommandRun.model("tiny.onnx");

    @TempDir Path folder;

    private static List<Path> paths(String... names) {
        return Stream.of(names).map(Path::of).toList();
    }

    /** The snippet prints how far the cached step is from the full one on the same input. */
    private static double distance(Path out) throws Exception {
        String source = Files.readString(out.resolve("UseDeepCache.java"));
        assertTrue(source.lines().count() <= 20, "about 15 lines, not " + source.lines().count());
        return Double.parseDouble(CompiledSource.lastLine("UseDeepCache", source, out.toString()));
    }

    @Test
    void splitAndItsSnippet() throws Exception {
        Path out = folder.resolve("new/split");
        CommandRun run = CommandRun.of("transform", TINY, "--branch", 1, "--out", out).expect(0);
        assertEquals(
                paths("UseDeepCache.java", "cached.fb", "full.fb", "plan.json"),
                CommandRun.files(out));
        assertTrue(run.out().contains("a cached step costs 91.7 % of a full one"), run::out);
        assertTrue(run.out().contains("wrote " + out.resolve("full.fb")), run::out);
        assertEquals(1, CacheSplit.load(out).plan().branch());
        assertEquals(0, distance(out), 1e-5);
        JsonNode plan = new ObjectMapper().readTree(out.resolve("plan.json").toFile());
        assertEquals("upsample", plan.get("boundary").asText());
    }

    @Test
    void gatedAndItsSnippet() throws Exception {
        Path out = folder.resolve("gated");
        CommandRun.of("transform", TINY, "--gated", "--out", out).expect(0);
        assertEquals(paths("UseDeepCache.java", "gated.fb", "plan.json"), CommandRun.files(out));
        assertEquals(0, distance(out), 1e-5);
    }

    @Test
    void exportedNet() throws Exception {
        Path model = CommandRun.fixture("adm.ts17.onnx");
        CommandRun.of("transform", model, "--max-share", 0.5, "--out", folder).expect(0);
        assertEquals(1, CacheSplit.load(folder).plan().branch());
        assertEquals(0, distance(folder), 1e-4);
    }

    @Test
    void jsonIsThePlan() throws IOException {
        JsonNode plan =
                CommandRun.json(0, folder, "transform", TINY, "--out", folder.resolve("split"));
        assertEquals(new ObjectMapper().readTree(folder.resolve("split/plan.json").toFile()), plan);
    }

    @Test
    void whatIsInTheFolderStays() throws IOException {
        Files.writeString(folder.resolve("notes.txt"), "x");
        Files.writeString(folder.resolve("full.fb"), "of an earlier run");
        CommandRun.of("transform", TINY, "--branch", 7, "--out", folder).expect(2);
        assertEquals("of an earlier run", Files.readString(folder.resolve("full.fb")));
        CommandRun.of("transform", TINY, "--out", folder).expect(0);
        assertEquals(
                paths("UseDeepCache.java", "cached.fb", "full.fb", "notes.txt", "plan.json"),
                CommandRun.files(folder));
        assertEquals(0, CacheSplit.load(folder).plan().branch());
    }

    @Test
    void filesHaveTheRightsOfAnyNewFile() throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Path other = Files.createFile(folder.resolve("other"));
        String usual = PosixFilePermissions.toString(Files.getPosixFilePermissions(other));
        Path out = folder.resolve("split");
        CommandRun.of("transform", TINY, "--out", out).expect(0);
        for (Path name : CommandRun.files(out)) {
            assertEquals(
                    usual,
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve(name))),
                    name::toString);
        }
    }
}
