// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether {@code nd4j-cuda-11.6} can run on a device: pure functions of what {@code nvidia-smi}
 * prints, so that no CUDA library is loaded to find out.
 *
 * <p>Its library holds machine code for the capabilities below and no PTX, so nothing is compiled
 * for newer devices. Machine code runs on devices of the same major number and at least the minor
 * one (CUDA programming guide, "Binary Compatibility").
 */
final class CudaCheck {

    /** Columns of {@code nvidia-smi --format=csv,noheader --query-gpu=...}. */
    static final String QUERY = "name,compute_cap,driver_version";

    private static final List<Integer> CODE = List.of(37, 50, 52, 60, 61, 70, 75, 80, 86);

    /** The oldest driver that runs CUDA 11 programs of any minor version on Linux. */
    private static final int OLDEST_DRIVER = 450;

    private static final String CPU = "; the CPU engines (onednn, nd4j) run here";

    private CudaCheck() {}

    /**
     * A device as {@code nvidia-smi} tells it.
     *
     * @param capability ten times the compute capability
     * @param driver major number of the driver's version
     */
    record Device(String name, int capability, int driver) {}

    /**
     * Reads the lines of {@code nvidia-smi}; lines of another form are left out.
     *
     * @param text such as {@code NVIDIA A100-SXM4-40GB, 8.0, 535.104.05}
     */
    static List<Device> parse(String text) {
        List<Device> devices = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            List<String> cells = Arrays.stream(line.split(",", -1)).map(String::strip).toList();
            if (cells.size() == 3
                    && cells.get(1).matches("\\d+\\.\\d")
                    && cells.get(2).matches("\\d+(\\.\\d+)*")) {
                devices.add(
                        new Device(
                                cells.get(0),
                                Integer.parseInt(cells.get(1).replace(".", "")),
                                Integer.parseInt(cells.get(2).replaceFirst("\\..*", ""))));
            }
        }
        return devices;
    }

    /** One line: whether the device runs this ND4J, and if not, what to do. */
    static String judge(Device device, boolean toolkit) {
        String what =
                device.name()
                        + " (compute capability "
                        + device.capability() / 10
                        + "."
                        + device.capability() % 10
                        + ", driver "
                        + device.driver()
                        + ")";
        if (!hasCode(device.capability())) {
            return what
                    + " cannot run nd4j-cuda-11.6, which has code for 3.7 to 8.6 only"
                    + (device.capability() > 86
                            ? "; wait for an nd4j-cuda-12 release"
                            : "; the device is too old")
                    + CPU;
        }
        if (device.driver() < OLDEST_DRIVER) {
            return what + " needs driver " + OLDEST_DRIVER + " or newer: update it" + CPU;
        }
        if (!toolkit) {
            return what
                    + " could run nd4j-cuda-11.6, but CUDA 11 is not installed: install the toolkit"
                    + " 11.6, or add org.bytedeco:cuda-platform-redist:11.6-8.3-1.5.7"
                    + CPU;
        }
        return what + " runs nd4j-cuda-11.6: build with -Pcuda";
    }

    /**
     * Why the CUDA backend cannot run, and what to do; empty if one of the devices can run it.
     *
     * @param text what {@code nvidia-smi} printed; none if it does not run
     */
    static Optional<String> fault(@Nullable String text, boolean toolkit) {
        List<Device> devices = text == null ? List.of() : parse(text);
        if (toolkit && devices.stream().anyMatch(CudaCheck::runs)) {
            return Optional.empty();
        }
        String why =
                text == null
                        ? "no NVIDIA driver found (nvidia-smi does not run)"
                        : devices.isEmpty()
                                ? "the driver reports no device"
                                : devices.stream()
                                        .map(device -> judge(device, toolkit))
                                        .map(line -> line.replace(CPU, ""))
                                        .collect(Collectors.joining("; "));
        return Optional.of(
                "ND4J's CUDA backend is on the class path, but "
                        + why
                        + "; or build without -Pcuda, which runs on the CPU");
    }

    static boolean runs(Device device) {
        return hasCode(device.capability()) && device.driver() >= OLDEST_DRIVER;
    }

    private static boolean hasCode(int capability) {
        return CODE.stream().anyMatch(code -> code / 10 == capability / 10 && code <= capability);
    }

    /** What to say where {@code nvidia-smi} does not run. */
    static String noDriver() {
        return "no NVIDIA driver found (nvidia-smi does not run)" + CPU;
    }
}
