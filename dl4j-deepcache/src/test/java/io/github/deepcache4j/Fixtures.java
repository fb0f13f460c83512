// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.npz.NpzFile;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** U-Nets of real architectures, exported by {@code make_unets.py} beside them. */
final class Fixtures {

    static final Path UNETS = Path.of(System.getProperty("deepcache.fixtures"), "unets");

    private Fixtures() {}

    static UNet unet(String file) {
        return UNetImporter.load(UNETS.resolve(file), ImportOptions.none());
    }

    static UNet unet(String file, long batch) {
        return UNetImporter.load(
                UNETS.resolve(file), ImportOptions.none().withShape("sample", batch, 3, 16, 16));
    }

    /** Stable Diffusion's architecture for a batch of 16x16 latents and 7 tokens. */
    static UNet sd(long batch) {
        ImportOptions sizes =
                ImportOptions.none()
                        .withShape("sample", batch, 4, 16, 16)
                        .withShape("encoder_hidden_states", batch, 7, 24);
        return UNetImporter.load(UNETS.resolve("sd.ts17.onnx"), sizes);
    }

    static Map<String, INDArray> arrays(String file) {
        try {
            return NpzFile.read(UNETS.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
