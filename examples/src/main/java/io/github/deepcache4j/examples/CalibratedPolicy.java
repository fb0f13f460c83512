// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.calibration.Calibrator;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.policy.Policy;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A policy fitted to a model: as many multiply-accumulates as one full step in five at branch 1
 * costs, spent where they do most for the final images.
 */
public final class CalibratedPolicy {

    private CalibratedPolicy() {}

    /**
     * Searches on images of some seeds, judges what is found on others too, then samples others
     * again.
     *
     * @param arguments the model's folder and the number of steps; both may be left out
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "examples/models/mnist-unet");
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        UNet unet =
                UNetImporter.load(folder, ImportOptions.none().withShape("sample", 2, 1, 32, 32));
        Sampler sampler =
                SamplerFactory.read(
                                folder.resolve("scheduler/scheduler_config.json"), SamplerKind.DDIM)
                        .sampler(steps);
        FittedPolicy fitted;
        try (Calibrator calibrator =
                Calibrator.open(
                        unet,
                        List.of(0, 1),
                        List.of(
                                network -> sample(sampler, network, 1000),
                                network -> sample(sampler, network, 2000)),
                        steps,
                        Calibrator.Effort.DEFAULT)) {
            fitted = calibrator.fit(Policy.parse("N5b1.recommended"));
        }
        System.out.println("fitted: " + fitted.policy().tag());
        try (DeepCacheSession network =
                DeepCacheSession.of(unet, fitted.policy(), steps)
                        .engine(Engines.fastest())
                        .open()) {
            INDArray images = sample(sampler, network, 0);
            System.out.println("images of shape " + Arrays.toString(images.shape()));
        }
    }

    private static INDArray sample(Sampler sampler, NoisePredictor network, long seed) {
        Map<String, INDArray> digits = Map.of("class_labels", Nd4j.createFromArray(5L, 8L));
        return SamplingLoop.of(sampler, network)
                .run(NoiseSource.seeded(seed), digits, 2, 1, 32, 32);
    }
}
