// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.diffusion.DdimSampler;
import io.github.deepcache4j.engine.Engine;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.training.SampleGridListener;
import io.github.deepcache4j.training.Trainer;
import io.github.deepcache4j.training.TrainingData;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pictures of samples while a network is trained, drawn with the cache. */
final class TrainingGrids {

    private static final int IMAGES = 20;
    private static final int COLUMNS = 10;
    private static final int STEPS = 25;
    private static final int INTERVAL = 3;

    private TrainingGrids() {}

    static SampleGridListener listener(
            Trainer trainer,
            UNetConfig config,
            TrainingPlan plan,
            TrainedFolder folder,
            int every) {
        return new SampleGridListener(
                every,
                () -> trainer.average(IMAGES),
                TrainingGrids::session,
                DdimSampler.of(plan.schedule(), STEPS),
                config.numClassEmbeds().isPresent()
                        ? Map.of(
                                TrainingData.CLASS_LABELS,
                                labels(config.numClassEmbeds().getAsInt() - 1))
                        : Map.of(),
                (step, samples) -> write(folder, step, samples));
    }

    /** The classes in turn. */
    private static INDArray labels(int classes) {
        long[] labels = new long[IMAGES];
        Arrays.setAll(labels, image -> image % Math.max(1, classes));
        return Nd4j.createFromArray(labels);
    }

    private static NoisePredictor session(UNet unet) {
        Engine engine = Engines.named(Engines.AUTO, Precision.F32);
        CachePlan plan = Branches.plan(LoadedModel.anatomy(unet), 0, null);
        return DeepCacheSession.of(unet, plan, new UniformSchedule(INTERVAL))
                .engine(engine, Precision.F32)
                .open();
    }

    private static void write(TrainedFolder folder, long step, INDArray samples) {
        try {
            byte[] picture = ImageGrid.png(samples, COLUMNS);
            OutputFile.write(folder.grid(step), file -> Files.write(file, picture));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
