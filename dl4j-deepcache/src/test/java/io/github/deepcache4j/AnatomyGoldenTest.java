// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.deepcache4j.anatomy.AnatomyResult.Found;
import io.github.deepcache4j.anatomy.SkipFinder;
import io.github.deepcache4j.anatomy.UNetAnatomy;
import io.github.deepcache4j.unet.UNet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Branches of real architectures; counts and MACs from the DeepCache paper's nets (see MAC anchors
 * in docs).
 */
class AnatomyGoldenTest {

    @ParameterizedTest
    @CsvSource({
        "ddpm.ts14.onnx, 9",
        "ddpm.dynamo21.onnx, 9",
        "sd.ts17.onnx, 12",
        "sd.dynamo18.onnx, 12",
        "sdxl.ts17.onnx, 9",
        "sdxl.dynamo18.onnx, 9",
        "sdcontrol.ts17.onnx, 12",
        "adm.ts17.onnx, 6",
        "adm.dynamo18.onnx, 6"
    })
    void branches(String file, int count) {
        UNet unet = file.equals("sd.ts17.onnx") ? Fixtures.sd(2) : Fixtures.unet(file);
        assertEquals(count, found(unet).skips().size());
    }

    @Test
    void everyExportOfANetHasTheSameBranches() {
        Map<String, String> pairs =
                Map.of(
                        "sdxl.ts17.onnx",
                        "sdxl.dynamo18.onnx",
                        "adm.ts17.onnx",
                        "adm.dynamo18.onnx");
        pairs.forEach(
                (torchscript, dynamo) ->
                        assertEquals(
                                summary(found(Fixtures.unet(torchscript))),
                                summary(found(Fixtures.unet(dynamo)))));
    }

    /**
     * Paper, table 12 and appendix; exact numbers counted by PyTorch hooks on diffusers'
     * ddpm-cifar10-32 config.
     */
    @Test
    void cifar10() {
        UNetAnatomy anatomy = found(Fixtures.unet("cifar.hollow.onnx"));
        assertEquals(12, anatomy.skips().size());
        assertEquals(6_053_953_536L, anatomy.fullMacs().weights());
        double[] gmacs = {0.4940, 1.2827, 2.2391, 3.3507, 4.2066, 5.1296};
        List<String> boundaries =
                List.of(
                        "1x128x32x32",
                        "1x128x32x32",
                        "1x256x32x32",
                        "1x256x16x16",
                        "1x256x16x16",
                        "1x256x16x16");
        for (int branch = 0; branch < gmacs.length; branch++) {
            var skip = anatomy.skips().get(branch);
            assertEquals(
                    gmacs[branch], skip.cachedMacs().weights() / 1e9, 5e-5, "branch " + branch);
            assertEquals(
                    boundaries.get(branch),
                    anatomy.graph().value(skip.boundary()).shape().toString());
        }
    }

    private static UNetAnatomy found(UNet unet) {
        return assertInstanceOf(Found.class, SkipFinder.find(unet)).anatomy();
    }

    private static List<String> summary(UNetAnatomy anatomy) {
        return IntStream.range(0, anatomy.skips().size())
                .mapToObj(
                        branch -> {
                            var skip = anatomy.skips().get(branch);
                            return anatomy.graph().value(skip.boundary()).shape()
                                    + " "
                                    + skip.cachedMacs();
                        })
                .toList();
    }
}
