// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;

/** A network that DL4J has trained, converted, cached and sampled. */
class TrainInDl4jTest {

    @Test
    void learnsAndSamplesWithTheCache() throws IOException {
        Path digits = Path.of(System.getProperty("deepcache.models"), "mnist", "digits.npz");
        ComputationGraph network = TrainInDl4j.train(digits, 40);
        // noise of variance 1: a network that knows nothing has the loss 1 for each of 784 pixels
        double loss = network.score() / (28 * 28);
        assertTrue(loss < 0.7, "loss " + loss);
        double psnr = TrainInDl4j.cachedPsnr(network, 2);
        assertTrue(psnr > 10 && psnr < 80, "PSNR " + psnr);
    }
}
