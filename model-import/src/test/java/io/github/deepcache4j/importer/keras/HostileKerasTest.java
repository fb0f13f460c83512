// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.deepcache4j.importer.ImportException;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files, and files made to do damage: one line each, soon, and without much memory. */
class HostileKerasTest {

    private static final Path ZIP = Path.of("src/test/resources/keras/layers.zip");
    private static final double TEN_SECONDS = 1e10;

    @TempDir Path folder;

    private static byte[] entry(Path zip, String name) throws IOException {
        try (ZipFile file = new ZipFile(zip.toFile());
                InputStream bytes = file.getInputStream(file.getEntry(name))) {
            return bytes.readAllBytes();
        }
    }

    private Path zip(Object... namesAndContents) throws IOException {
        Path file = folder.resolve("model.keras");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                out.putNextEntry(new ZipEntry((String) namesAndContents[i]));
                out.write((byte[]) namesAndContents[i + 1]);
            }
        }
        return file;
    }

    private static String refusal(Path file) {
        String message =
                assertThrows(
                                ImportException.class,
                                () -> UNetImporter.graph(file, ImportOptions.none()))
                        .getMessage();
        assertFalse(message.contains("\n"), message);
        assertTrue(message.contains(file.getFileName().toString()), message);
        return message;
    }

    @Test
    void anEntryThatLeadsOutOfTheArchive() throws IOException {
        for (String name : List.of("../evil.h5", "a/../../evil", "/etc/evil", "..\\evil")) {
            String message = refusal(zip("config.json", new byte[2], name, new byte[1]));
            assertTrue(message.contains("leads out of the archive"), message);
        }
    }

    @Test
    void aZipBomb() throws IOException {
        byte[] zeros = new byte[1 << 27];
        Arrays.fill(zeros, (byte) ' ');
        String config = refusal(zip("config.json", zeros));
        assertTrue(config.contains("grows beyond"), config);
        byte[] valid = entry(model("conv2d.keras"), "config.json");
        String weights = refusal(zip("config.json", valid, "model.weights.h5", zeros));
        assertTrue(weights.contains("grows beyond"), weights);
    }

    private Path model(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, entry(ZIP, name));
        return file;
    }

    @Test
    void whatIsMissing() throws IOException {
        assertTrue(refusal(zip("readme.txt", new byte[1])).contains("no entry config.json"));
        byte[] config = entry(model("conv2d.keras"), "config.json");
        assertTrue(refusal(zip("config.json", config)).contains("no entry model.weights.h5"));
        byte[] nested = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertTrue(refusal(zip("config.json", nested)).contains("config.json is damaged"));
        Path text = Files.writeString(folder.resolve("model.h5"), "no model");
        assertTrue(refusal(text).contains("is not HDF5"), refusal(text));
    }

    @Test
    void sizesThatNoFileHolds() throws IOException {
        Path file = model("dense.keras");
        String config = new String(entry(file, "config.json"), StandardCharsets.UTF_8);
        byte[] weights = entry(file, "model.weights.h5");
        String large =
                config.replace("\"batch_shape\": [null, 4]", "\"batch_shape\": [null, 2000000000]");
        assertFalse(large.equals(config));
        refusal(
                zip(
                        "config.json",
                        large.getBytes(StandardCharsets.UTF_8),
                        "model.weights.h5",
                        weights));
    }

    @Test
    void cutShort() throws IOException {
        for (String name : List.of("nested_h5.h5", "conv2d.keras")) {
            byte[] whole = entry(ZIP, name);
            for (int part = 0; part < 16; part++) {
                Path file = folder.resolve("cut" + name.substring(name.indexOf('.')));
                Files.write(file, Arrays.copyOf(whole, whole.length * part / 16));
                refusal(file);
            }
        }
    }

    @Test
    void someMutations() throws IOException {
        mutations(0, 60);
    }

    @Test
    @Tag("full")
    void manyMutations() throws IOException {
        mutations(60, 2000);
    }

    private void mutations(int from, int to) throws IOException {
        List<String> faults = new ArrayList<>();
        byte[] config = entry(model("conv2d.keras"), "config.json");
        byte[] weights = entry(model("conv2d.keras"), "model.weights.h5");
        byte[] legacy = entry(ZIP, "nested_h5.h5");
        int refused = 0;
        for (int seed = from; seed < to; seed++) {
            // should the process die or hang, its output tells the seed
            System.out.println("seed " + seed);
            Path file;
            switch (seed % 3) {
                case 0 -> {
                    file = folder.resolve("mutated.h5");
                    Files.write(file, mutation(legacy, seed));
                }
                case 1 ->
                        file =
                                zip(
                                        "config.json",
                                        config,
                                        "model.weights.h5",
                                        mutation(weights, seed));
                default ->
                        file =
                                zip(
                                        "config.json",
                                        mutation(config, seed),
                                        "model.weights.h5",
                                        weights);
            }
            long start = System.nanoTime();
            try {
                UNetImporter.graph(file, ImportOptions.none());
            } catch (ImportException e) {
                refused++;
                if (String.valueOf(e.getMessage()).contains("\n")) {
                    faults.add("seed " + seed + ": several lines: " + e.getMessage());
                }
            } catch (Throwable e) {
                faults.add("seed " + seed + ": " + e);
            }
            if (System.nanoTime() - start > TEN_SECONDS) {
                faults.add("seed " + seed + ": more than 10 s");
            }
        }
        assertEquals(List.of(), faults);
        assertTrue(refused > (to - from) / 10, refused + " refused");
    }

    /** One to three changes of bits, bytes or pieces. */
    private static byte[] mutation(byte[] original, long seed) {
        Random random = new Random(seed);
        byte[] bytes = original.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            // half of them in the first part, where an HDF5 file has its structure
            int range = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 4096);
            int place = random.nextInt(range);
            int length = 1 + random.nextInt(Math.min(16, bytes.length - place));
            switch (random.nextInt(4)) {
                case 0 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[place] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, place, place + length, (byte) -1);
                default -> {
                    int from = random.nextInt(bytes.length - length + 1);
                    System.arraycopy(bytes.clone(), from, bytes, place, length);
                }
            }
        }
        return bytes;
    }
}
