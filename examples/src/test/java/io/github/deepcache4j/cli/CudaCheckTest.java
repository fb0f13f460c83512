// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and capabilities as NVIDIA lists them (developer.nvidia.com/cuda-gpus). */
class CudaCheckTest {

    @ParameterizedTest
    @CsvSource({
        "Tesla K40m, 3.5, 470.82.01, false",
        "Tesla K80, 3.7, 470.82.01, true",
        "GeForce GTX 750 Ti, 5.0, 470.82.01, true",
        "Tesla M60, 5.2, 535.104.05, true",
        "NVIDIA Tegra X1, 5.3, 470.82.01, true",
        "Tesla P100-PCIE-16GB, 6.0, 535.104.05, true",
        "NVIDIA GeForce GTX 1080 Ti, 6.1, 535.104.05, true",
        "Tesla V100-SXM2-16GB, 7.0, 535.104.05, true",
        "Tesla T4, 7.5, 535.104.05, true",
        "Tesla T4, 7.5, 418.40.04, false",
        "NVIDIA A100-SXM4-40GB, 8.0, 535.104.05, true",
        "NVIDIA GeForce RTX 3090, 8.6, 535.104.05, true",
        "NVIDIA L4, 8.9, 550.54.15, true",
        "NVIDIA GeForce RTX 4090, 8.9, 550.54.15, true",
        "NVIDIA H100 80GB HBM3, 9.0, 550.54.15, false",
        "NVIDIA H200, 9.0, 550.54.15, false",
        "NVIDIA B200, 10.0, 570.86.15, false",
        "NVIDIA GeForce RTX 5060 Ti, 12.0, 575.51.03, false"
    })
    void tellsWhatRuns(String name, String capability, String driver, boolean runs) {
        CudaCheck.Device device =
                CudaCheck.parse(name + ", " + capability + ", " + driver + "\n").get(0);
        assertEquals(name, device.name());
        assertEquals(runs, CudaCheck.runs(device));
        String line = CudaCheck.judge(device, true);
        assertTrue(line.contains(name) && line.contains(capability), line);
        assertEquals(runs, line.contains("-Pcuda"), line);
        assertTrue(runs || line.contains("the CPU engines"), line);
    }

    @Test
    void aNewDeviceNamesTheReleaseToWaitFor() {
        CudaCheck.Device device = new CudaCheck.Device("NVIDIA H100", 90, 550);
        assertTrue(CudaCheck.judge(device, true).contains("nd4j-cuda-12"));
    }

    /** With the CUDA backend on the class path every command asks before it loads ND4J. */
    @ParameterizedTest
    @CsvSource({
        "'Tesla T4, 7.5, 535.1', true, ''",
        "'NVIDIA H100, 9.0, 550.5\nTesla T4, 7.5, 535.1', true, ''",
        "'NVIDIA H100, 9.0, 550.5', true, wait for an nd4j-cuda-12 release",
        "'Tesla T4, 7.5, 418.40', true, update it",
        "'Tesla T4, 7.5, 535.1', false, cuda-platform-redist",
        "'No devices were found', true, no device",
        ", true, nvidia-smi does not run"
    })
    void refusesWhatCannotRun(@Nullable String text, boolean toolkit, String reason) {
        String fault = CudaCheck.fault(text, toolkit).orElse("");
        assertEquals(reason.isEmpty(), fault.isEmpty(), fault);
        assertTrue(fault.contains(reason), fault);
        assertTrue(fault.isEmpty() || fault.contains("without -Pcuda"), fault);
    }

    @Test
    void aMissingToolkitNamesTheArtifact() {
        CudaCheck.Device device = new CudaCheck.Device("Tesla T4", 75, 535);
        assertTrue(CudaCheck.judge(device, false).contains("cuda-platform-redist"));
    }

    @Test
    void readsEveryDeviceAndNothingElse() {
        assertEquals(
                List.of(
                        new CudaCheck.Device("Tesla T4", 75, 535),
                        new CudaCheck.Device("NVIDIA L4", 89, 535)),
                CudaCheck.parse("Tesla T4, 7.5, 535.1\nNVIDIA L4, 8.9, 535.1\n\n"));
        assertEquals(List.of(), CudaCheck.parse("No devices were found"));
        assertEquals(List.of(), CudaCheck.parse("Quadro, [N/A], 390.1"));
    }
}
