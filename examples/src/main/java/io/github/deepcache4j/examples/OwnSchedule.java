// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.schedule.CacheSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.session.StepEvent;
import io.github.deepcache4j.unet.UNet;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/** A schedule is a function of the step's index: here, denser while the picture takes shape. */
public final class OwnSchedule {

    private OwnSchedule() {}

    /**
     * Samples and prints F for every full step, c for every cached one.
     *
     * @param arguments the model's folder; may be left out
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : "examples/models/mnist-unet");
        UNet unet = UNetImporter.load(folder);

        CacheSchedule schedule = step -> step < 6 ? step % 2 == 0 : step % 5 == 1;

        StringBuilder steps = new StringBuilder();
        try (DeepCacheSession network =
                DeepCacheSession.of(unet, CachePlanner.atBranch(unet, 1).orThrow(), schedule)
                        .engine(Engines.fastest())
                        .listener(
                                event ->
                                        steps.append(
                                                event.kind() == StepEvent.Kind.FULL ? 'F' : 'c'))
                        .open()) {
            SamplingLoop.of(DdimSampler.of(NoiseSchedule.linear(), 20), network)
                    .run(
                            NoiseSource.seeded(0),
                            Map.of("class_labels", Nd4j.createFromArray(7L)),
                            1,
                            1,
                            32,
                            32);
        }
        System.out.println(steps);
    }
}
