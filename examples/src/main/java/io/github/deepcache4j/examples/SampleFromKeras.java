// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Keras file becomes a picture. The file does not say how its noise was scheduled in training:
 * that is given here. (The network of this project's tests was never trained; it draws noise.)
 */
public final class SampleFromKeras {

    private SampleFromKeras() {}

    /**
     * Samples.
     *
     * @param arguments the {@code .keras} or {@code .h5} file and the picture to write; both may be
     *     left out
     */
    public static void main(String[] arguments) throws Exception {
        Path model =
                Path.of(
                        arguments.length > 0
                                ? arguments[0]
                                : "model-import/src/test/fixtures/keras/ddpm.keras");
        Path picture = Path.of(arguments.length > 1 ? arguments[1] : "keras.png");

        UNet unet = UNetImporter.load(model);
        // [1, 16, 16, 3]: channels stay last, as Keras has them
        long[] shape = unet.ports().sample().shape().toArray();
        try (DeepCacheSession network =
                DeepCacheSession.of(
                                unet,
                                CachePlanner.atBranch(unet, 0).orThrow(),
                                new UniformSchedule(5))
                        .engine(Engines.fastest())
                        .open()) {
            INDArray images =
                    SamplingLoop.of(DdimSampler.of(NoiseSchedule.linear(), 20), network)
                            .run(NoiseSource.seeded(0), Map.of(), shape);
            Files.write(picture, ImageGrid.png(images, 1));
        }
        System.out.println("wrote " + picture);
    }
}
