// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An exported U-Net in diffusers' folder layout becomes a picture of four digits. */
public final class SampleFromOnnx {

    private SampleFromOnnx() {}

    /**
     * Samples.
     *
     * @param arguments the model's folder, the picture to write, and the number of steps; all may
     *     be left out
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "examples/models/mnist-unet");
        Path picture = Path.of(arguments.length > 1 ? arguments[1] : "digits.png");
        int steps = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 50;

        // the file leaves the batch open: four images at once
        UNet unet =
                UNetImporter.load(folder, ImportOptions.none().withShape("sample", 4, 1, 32, 32));
        // the deepest branch at which a cached step costs at most a quarter of a full one
        CachePlan plan = CachePlanner.withinShare(unet, 0.25).orThrow();
        SamplerFactory samplers =
                SamplerFactory.read(
                        folder.resolve("scheduler/scheduler_config.json"), SamplerKind.DDIM);
        try (DeepCacheSession network =
                DeepCacheSession.of(unet, plan, new UniformSchedule(3))
                        .engine(Engines.fastest())
                        .open()) {
            Map<String, INDArray> digits =
                    Map.of("class_labels", Nd4j.createFromArray(3L, 1L, 4L, 1L));
            INDArray images =
                    SamplingLoop.of(samplers.sampler(steps), network)
                            .run(NoiseSource.seeded(0), digits, 4, 1, 32, 32);
            Files.write(picture, ImageGrid.png(images, 4));
        }
        System.out.println("cut at branch " + plan.branch() + ", wrote " + picture);
    }
}
