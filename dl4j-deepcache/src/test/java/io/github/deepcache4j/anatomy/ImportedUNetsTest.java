// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.anatomy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Branch counts of the exported architectures, from their block lists: one skip for conv_in, one
 * for each encoder block and one for each downsampler.
 */
class ImportedUNetsTest {

    /** Sizes that the files leave open. */
    private static final Map<String, ImportOptions> SIZES =
            Map.of(
                    "ddpm.ts14",
                    ImportOptions.none().withShape("sample", 2, 3, 16, 16).withShape("timestep", 2),
                    "sd.ts17",
                    ImportOptions.none()
                            .withShape("sample", 2, 4, 16, 16)
                            .withShape("encoder_hidden_states", 2, 7, 24));

    @ParameterizedTest
    @CsvSource({
        "ddpm.ts14, 9",
        "ddpm.dynamo21, 9",
        "sd.ts17, 12",
        "sd.dynamo18, 12",
        "sdxl.ts17, 9",
        "sdxl.dynamo18, 9",
        "sdcontrol.ts17, 12",
        "adm.ts17, 6",
        "adm.dynamo18, 6"
    })
    void branches(String name, int expected) {
        UNet unet =
                UNetImporter.load(
                        Path.of(System.getProperty("deepcache.fixtures"), "unets", name + ".onnx"),
                        SIZES.getOrDefault(name, ImportOptions.none()));
        AnatomyResult result =
                SkipFinder.find(
                        unet.graph(), unet.ports().sample().name(), unet.ports().output().name());
        UNetAnatomy anatomy =
                assertInstanceOf(AnatomyResult.Found.class, result, result.toString()).anatomy();
        assertEquals(expected, anatomy.skips().size());
        assertEquals(List.of(), anatomy.remarks());
    }
}
