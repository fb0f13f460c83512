// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {

    @TempDir private Path folder;

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, "{}");
    }

    @Test
    void aFolderHasItsScheduler() throws IOException {
        Path network = file("unet/model.onnx");
        assertEquals(new ModelFolder(network, Optional.empty()), ModelFolder.locate(folder));
        Path scheduler = file("scheduler/scheduler_config.json");
        assertEquals(new ModelFolder(network, Optional.of(scheduler)), ModelFolder.locate(folder));
    }

    /** Whatever lies two folders above a file need not belong to it. */
    @Test
    void aFileHasItsSchedulerIfTheFolderIsAPipeline() throws IOException {
        Path network = file("unet/model.onnx");
        Path scheduler = file("scheduler/scheduler_config.json");
        assertEquals(new ModelFolder(network, Optional.empty()), ModelFolder.locate(network));
        file("model_index.json");
        assertEquals(
                Optional.of(scheduler.toAbsolutePath()),
                ModelFolder.locate(network).schedulerConfig().map(Path::toAbsolutePath));
    }

    @Test
    void anEmptyFolderIsRefused() {
        ImportException e = assertThrows(ImportException.class, () -> ModelFolder.locate(folder));
        assertTrue(e.getMessage().contains("holds no unet/model.onnx"), e.getMessage());
    }
}
