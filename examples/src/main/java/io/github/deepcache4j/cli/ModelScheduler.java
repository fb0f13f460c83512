// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.NoiseSchedule;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplerFactory;
import io.github.deepcache4j.diffusion.SamplerKind;
import io.github.deepcache4j.importer.ModelFolder;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/** The scheduler that a model was trained with: read from the file beside it, or assumed. */
final class ModelScheduler {

    private final SamplerFactory samplers;

    private ModelScheduler(SamplerFactory samplers) {
        this.samplers = samplers;
    }

    /**
     * Reads it, and checks that the model can be sampled with it.
     *
     * @param notes is told, in one line each, what was assumed and what to look out for
     */
    static ModelScheduler of(
            Path model, UNet unet, SamplingSettings settings, Consumer<String> notes)
            throws IOException {
        ModelScheduler scheduler =
                new ModelScheduler(samplers(model, settings.sampler(), unet, notes));
        if (scheduler.learnsVariance()
                && ImageGrid.channelAxis(unet.ports().sample().shape()) != 1) {
            throw new UserError(
                    "the scheduler says that the model learned its variance, which is supported"
                            + " for channels first only; the sample is "
                            + unet.ports().sample().shape());
        }
        if (scheduler.rounds(unet, scheduler.sampler(settings))) {
            notes.accept(
                    "note: "
                            + settings.sampler().shortName()
                            + " asks between timesteps, but the model takes whole ones; they are"
                            + " rounded");
        }
        warnOfNoiseVariance(unet.ports().timestep(), notes);
        return scheduler;
    }

    private static SamplerFactory samplers(
            Path model, SamplerKind kind, UNet unet, Consumer<String> notes) throws IOException {
        Optional<Path> config = ModelFolder.locate(model).schedulerConfig();
        if (config.isPresent()) {
            SamplerFactory factory = SamplerFactory.read(config.get(), kind);
            factory.notes().forEach(line -> notes.accept("note: " + config.get() + ": " + line));
            return factory;
        }
        boolean pixels = ImageGrid.isImage(unet.ports().sample().shape());
        notes.accept(
                "note: no scheduler_config.json beside the model; assuming "
                        + (pixels
                                ? "linear betas from 1e-4 to 0.02, epsilon prediction, clipping"
                                : "scaled linear betas from 0.00085 to 0.012, epsilon prediction"));
        return SamplerFactory.of(
                kind, pixels ? NoiseSchedule.linear() : NoiseSchedule.scaledLinear());
    }

    /** Timesteps are scalars or vectors; Keras' DDIM example is told a variance of rank 4. */
    private static void warnOfNoiseVariance(Port timestep, Consumer<String> notes) {
        if (timestep.type().isFPType() && timestep.shape().rank() > 1) {
            notes.accept(
                    "warning: the input "
                            + timestep.name()
                            + " "
                            + timestep.shape()
                            + " is given timesteps, such as 981; if the model was trained on noise"
                            + " variances or rates, the samples are wrong: map them in a"
                            + " NoisePredictor (docs/keras.md)");
        }
    }

    /** The sampler that the settings name. */
    Sampler sampler(SamplingSettings settings) {
        return settings.sampler(samplers);
    }

    /** Whether the sampler asks for timesteps that the model cannot be told. */
    boolean rounds(UNet unet, Sampler sampler) {
        boolean whole =
                samplers.kind() != SamplerKind.KDPM2
                        && Arrays.stream(sampler.timesteps()).allMatch(t -> t == Math.rint(t));
        return !whole && !unet.ports().timestep().type().isFPType();
    }

    /** Whether the model predicts its variance beside the noise. */
    boolean learnsVariance() {
        return samplers.schedule()
                .filter(schedule -> schedule.varianceType().isLearned())
                .isPresent();
    }

    /** Half the log-SNR of a timestep; empty for models whose timesteps are noise levels. */
    Optional<DoubleUnaryOperator> logSnr() {
        return samplers.schedule().map(schedule -> schedule::logSnr);
    }
}
