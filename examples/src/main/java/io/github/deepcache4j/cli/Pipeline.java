// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.anatomy.AnatomyResult;
import io.github.deepcache4j.calibration.FittedPolicy;
import io.github.deepcache4j.calibration.SampleRun;
import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplingException;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.diffusion.StepListener;
import io.github.deepcache4j.diffusion.WholeTimesteps;
import io.github.deepcache4j.graph.MacCounter;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.ImportOptions;
import io.github.deepcache4j.importer.ImportedGraph;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.importer.UNetImporter;
import io.github.deepcache4j.policy.GuidanceRule;
import io.github.deepcache4j.report.ImageGrid;
import io.github.deepcache4j.session.DeepCacheSession;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A model made ready to sample some images: imported for their number, with their conditions. */
final class Pipeline {

    private final UNet unet;
    private final Provenance provenance;
    private final AnatomyResult anatomy;
    private final ModelScheduler scheduler;
    private final Sampler sampler;
    private final SamplingSettings settings;
    private final NetworkBatch batch;
    private final Conditions conditions;
    private final InitialNoise noise;
    private final GuidanceRule rule;

    private Pipeline(
            UNet unet,
            Provenance provenance,
            AnatomyResult anatomy,
            ModelScheduler scheduler,
            SamplingSettings settings,
            NetworkBatch batch,
            Conditions conditions,
            InitialNoise noise,
            GuidanceRule rule) {
        this.unet = unet;
        this.provenance = provenance;
        this.anatomy = anatomy;
        this.scheduler = scheduler;
        this.sampler = scheduler.sampler(settings);
        this.settings = settings;
        this.batch = batch;
        this.conditions = conditions;
        this.noise = noise;
        this.rule = rule;
    }

    /**
     * Imports a model.
     *
     * @param arrays inputs of the network by name; one named as the sample is the initial noise
     * @param notes is told, in one line each, what was assumed
     */
    static Pipeline open(
            Path model,
            ImportOptions given,
            SamplingSettings settings,
            Map<String, INDArray> arrays,
            Consumer<String> notes)
            throws IOException {
        return open(model, given, settings, arrays, new GuidanceRule.Both(), notes);
    }

    /** The same, leaving halves of guidance out, which then are calls of their own. */
    static Pipeline open(
            Path model,
            ImportOptions given,
            SamplingSettings settings,
            Map<String, INDArray> arrays,
            GuidanceRule rule,
            Consumer<String> notes)
            throws IOException {
        boolean both = rule instanceof GuidanceRule.Both;
        if (!both && !settings.isGuided()) {
            throw new UserError(
                    "the policy leaves out halves of guidance ("
                            + rule.tag()
                            + "); give --guidance G");
        }
        NetworkBatch batch =
                NetworkBatch.plan(
                        UNetImporter.inputs(model),
                        given,
                        arrays,
                        settings.count(),
                        settings.isGuided() && both);
        ImportedGraph imported = UNetImporter.graph(model, batch.options());
        UNet unet = UNetImporter.unet(imported, batch.options());
        if (unet.ports().batch() != batch.size()) {
            throw new UserError(
                    "the model takes batches of "
                            + unet.ports().batch()
                            + ", not of "
                            + batch.size()
                            + "; fix it by --shape "
                            + unet.ports().sample().name()
                            + "="
                            + unet.ports().sample().shape());
        }
        return new Pipeline(
                unet,
                imported.provenance(),
                LoadedModel.anatomy(unet),
                ModelScheduler.of(model, unet, settings, notes),
                settings,
                batch,
                Conditions.gather(unet, settings, arrays, batch.groups() * batch.images()),
                InitialNoise.of(unet, arrays, batch, settings.count()),
                rule);
    }

    /** The same images in another number of steps. */
    Pipeline withSteps(int steps) {
        return new Pipeline(
                unet,
                provenance,
                anatomy,
                scheduler,
                settings.withSteps(steps),
                batch,
                conditions,
                noise,
                rule);
    }

    /** Settings of a session that follows a policy in this run. */
    DeepCacheSession.Builder session(FittedPolicy fitted) {
        try {
            DeepCacheSession.Builder builder =
                    DeepCacheSession.of(unet, anatomy, fitted.policy(), calls());
            logSnr().ifPresent(builder::logSnr);
            fitted.corrections().ifPresent(builder::corrections);
            return builder;
        } catch (IllegalArgumentException e) {
            throw new UserError("--policy: " + e.getMessage(), e);
        }
    }

    /** Half the log-SNR of a timestep; empty for models whose timesteps are noise levels. */
    Optional<DoubleUnaryOperator> logSnr() {
        return scheduler.logSnr();
    }

    UNet unet() {
        return unet;
    }

    AnatomyResult anatomy() {
        return anatomy;
    }

    Provenance provenance() {
        return provenance;
    }

    SamplingSettings settings() {
        return settings;
    }

    /** Multiply-accumulates of a call of the whole network. */
    long fullMacs() {
        return MacCounter.of(unet.graph()).count().weights();
    }

    /** Network calls of a run, counting the two that guidance makes for one as one. */
    int calls() {
        return sampler.stepOfCall().size();
    }

    /** Denoising steps of all groups together, for progress. */
    int totalSteps() {
        return batch.groups() * sampler.steps();
    }

    /**
     * Samples all images.
     *
     * @param network takes the batches that the model was imported for
     * @return {@code [count, channels, height, width]}, or as the model's layout is
     * @throws UserError if a value is not finite; names the step and the first such tensor
     */
    INDArray sample(NoisePredictor network, StepListener listener) {
        return sample(network, call -> {}, listener);
    }

    /**
     * The same.
     *
     * @param leftOut is told of calls that the rule of guidance leaves out
     */
    INDArray sample(NoisePredictor network, Consumer<Step> leftOut, StepListener listener) {
        INDArray[] parts = new INDArray[batch.groups()];
        for (int group = 0; group < parts.length; group++) {
            parts[group] = sampleGroup(group, network, leftOut, listener);
        }
        return joined(parts);
    }

    /** Number of batches that hold all images. */
    int groups() {
        return batch.groups();
    }

    /** Images of a batch; the last batch may hold some that nobody asked for. */
    int imagesPerGroup() {
        return batch.images();
    }

    /** A run for each batch, as calibration takes them. */
    List<SampleRun> runs() {
        return IntStream.range(0, groups())
                .mapToObj(
                        group ->
                                (SampleRun)
                                        network ->
                                                sampleGroup(
                                                        group,
                                                        network,
                                                        call -> {},
                                                        StepListener.NONE))
                .toList();
    }

    /** Samples the images of one batch, as {@link #sample} does. */
    INDArray sampleGroup(
            int group, NoisePredictor network, Consumer<Step> leftOut, StepListener listener) {
        Diagnosis diagnosis = new Diagnosis(unet, network);
        try {
            return group(group * batch.images(), diagnosis, leftOut, listener);
        } catch (SamplingException e) {
            throw new UserError(diagnosis.explain(e), e);
        }
    }

    /** The images of all batches, without those that nobody asked for. */
    INDArray joined(INDArray[] groups) {
        return Rows.of(Nd4j.concat(0, groups), 0, settings.count());
    }

    /** The first two calls of a run: they load libraries and fill pools before a run is timed. */
    void warmUp(NoisePredictor network) {
        NoisePredictor asked = asked(network, 0, call -> {});
        INDArray sample = noise.of(NoiseSource.seeded(settings.seed()), 0);
        Map<String, INDArray> shared = conditions.shared(0, batch.images());
        double[] timesteps = sampler.timesteps();
        for (int call = 0; call < Math.min(2, timesteps.length); call++) {
            asked.predict(sample, Step.of(call, timesteps[call]).withConditions(shared));
        }
    }

    private INDArray group(
            int first, NoisePredictor network, Consumer<Step> leftOut, StepListener listener) {
        NoiseSource source = NoiseSource.seeded(settings.seed() + first);
        return SamplingLoop.of(sampler, asked(network, first, leftOut))
                .run(
                        noise.of(source, first),
                        conditions.shared(first, first + batch.images()),
                        source,
                        listener);
    }

    /** The network as the sampler asks it: guided, at timesteps that it can be told. */
    private NoisePredictor asked(NoisePredictor network, int first, Consumer<Step> leftOut) {
        int end = first + batch.images();
        NoisePredictor guided =
                GuidedNetwork.of(
                        network,
                        settings.guidance(),
                        rule,
                        batch,
                        conditions.replaced(first, end),
                        conditions.without(first, end),
                        leftOut);
        NoisePredictor told = scheduler.rounds(unet, sampler) ? WholeTimesteps.of(guided) : guided;
        return scheduler.learnsVariance() ? told : noiseOnly(told);
    }

    /** Networks that learned their variance too predict it in a second half of the channels. */
    private NoisePredictor noiseOnly(NoisePredictor network) {
        Shape shape = unet.ports().sample().shape();
        int axis = ImageGrid.channelAxis(shape);
        return (sample, step) -> {
            INDArray answer = network.predict(sample, step);
            return answer.size(axis) == 2 * shape.size(axis)
                    ? Rows.channels(answer, axis, shape.size(axis))
                    : answer;
        };
    }
}
