// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.engine.ProbeProcess;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AvailabilityTest {

    /** The provider loads without oneDNN, and says what is missing. */
    @Test
    void withoutTheLibraryItNamesTheArtifacts() throws Exception {
        assumeTrue(new OneDnnEngine().unavailable(Precision.F32).isEmpty());
        List<URL> rest = new ArrayList<>();
        for (String entry : ProbeProcess.classPath().split(File.pathSeparator)) {
            if (!entry.contains("dnnl") || entry.contains("onednn")) {
                rest.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(
                        rest.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> engine = loader.loadClass(OneDnnEngine.class.getName());
            Class<?> precision = loader.loadClass(Precision.class.getName());
            Object instance = engine.getConstructor().newInstance();
            Object f32 = precision.getField("F32").get(null);
            Optional<?> fault =
                    (Optional<?>) engine.getMethod("unavailable", precision).invoke(instance, f32);
            String message = String.valueOf(fault.orElseThrow());
            assertTrue(message.contains("org.bytedeco:dnnl"), message);
            assertTrue(message.contains("nd4j"), message);
        }
    }
}
