// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.deepcache4j.npz.NpzFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The files that {@code diffusion/make_golden.py} writes. */
final class Golden {

    private Golden() {}

    static Path file(String name) {
        return Path.of("src/test/resources/diffusion", name);
    }

    static Map<String, INDArray> arrays(String name) throws IOException {
        return NpzFile.read(file(name + ".npz"));
    }

    static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(file(name + ".json").toFile());
    }

    /** Largest difference, relative to the largest magnitude expected. */
    static double error(INDArray expected, INDArray actual) {
        double[] e = expected.dup('c').data().asDouble();
        double[] a = actual.dup('c').data().asDouble();
        if (e.length != a.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < e.length; i++) {
            largest = Math.max(largest, Math.abs(e[i]));
            difference =
                    Double.isNaN(a[i])
                            ? Double.POSITIVE_INFINITY
                            : Math.max(difference, Math.abs(e[i] - a[i]));
        }
        return difference / largest;
    }
}
