// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.builder.InputSizes;
import io.github.deepcache4j.builder.TrainableUNet;
import io.github.deepcache4j.builder.UNetBuilder;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.builder.UNetPresets;
import io.github.deepcache4j.engine.Engines;
import io.github.deepcache4j.engine.Precision;
import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.importer.Provenance;
import io.github.deepcache4j.report.Amount;
import io.github.deepcache4j.training.ImageData;
import io.github.deepcache4j.training.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code deepcache train}: a new U-Net from images. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train a U-Net; writes a folder that the other commands take.")
final class TrainCommand implements Callable<Integer> {

    private static final int TRIAL_STEPS = 8;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE.npz",
            description = {
                "Array 'images', bytes or numbers in [-1, 1], [count, height, width] or with",
                "channels before or behind; 'labels' [count] for a network with classes."
            })
    private Path data = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the model, checkpoints, losses and sample grids.")
    private Path out = Path.of("");

    @Option(
            names = "--resume",
            description = "Go on with the run in --out, exactly as if it had not stopped.")
    private boolean resume;

    @Option(
            names = "--grid-every",
            paramLabel = "K",
            description = "Steps between two pictures of samples; default: five of them a run.")
    private @Nullable Integer gridEvery;

    @Mixin private TrainingChoices choices = new TrainingChoices();
    @Mixin private JsonFile json = new JsonFile();

    @Override
    public Integer call() throws IOException {
        json.check();
        OutputFile.checkFolder("--out", out);
        PrintWriter err = spec.commandLine().getErr();
        TrainedFolder folder = new TrainedFolder(out);
        String sha256 = Provenance.of(data, List.of(), "npz", "").sha256();
        TrainingPlan plan = resume ? resumed(folder, sha256) : choices.plan(sha256);
        if (!resume) {
            folder.requireNew();
        }
        UNetConfig config = UNetPresets.named(plan.preset());
        TrainingRun run = TrainingRun.read(data, config);
        long start = System.nanoTime();
        try (Trainer trial = run.trainer(plan.steps() == 0 ? plan.withSteps(TRIAL_STEPS) : plan)) {
            Trainer trainer = trial;
            if (plan.steps() == 0) {
                plan = plan.withSteps(planned(trial, err));
                trainer = trial.withOptions(plan.options());
            }
            plan.write(folder.plan());
            if (resume && Files.exists(folder.checkpoint())) {
                trainer.restore(folder.checkpoint());
                err.println("going on after step " + trainer.steps() + " of " + plan.steps());
            }
            long before = trainer.steps();
            train(trainer, plan, folder, config, err);
            report(trainer, plan, before, (System.nanoTime() - start) / 1e9);
        }
        return 0;
    }

    private TrainingPlan resumed(TrainedFolder folder, String sha256) throws IOException {
        choices.refuseForResume();
        TrainingPlan plan = TrainingPlan.read(folder.plan());
        if (!plan.dataSha256().equals(sha256)) {
            throw new UserError(
                    "--data "
                            + data
                            + ": the run was started with other data (SHA-256 "
                            + plan.dataSha256()
                            + ")");
        }
        return plan;
    }

    /** Steps that fit into the minutes, from the pace of a trial; the weights are as before. */
    private long planned(Trainer trial, PrintWriter err) {
        Map<String, INDArray> initial = new LinkedHashMap<>();
        trial.weights().forEach((name, array) -> initial.put(name, array.dup()));
        double[] seconds = new double[TRIAL_STEPS];
        for (int step = 0; step < TRIAL_STEPS; step++) {
            long start = System.nanoTime();
            trial.run(step + 1L);
            seconds[step] = (System.nanoTime() - start) / 1e9;
        }
        trial.weights()
                .forEach((name, array) -> array.assign(Objects.requireNonNull(initial.get(name))));
        // the first steps warm the JVM and the caches up
        double pace = Arrays.stream(seconds).skip(TRIAL_STEPS / 2).sorted().toArray()[1];
        long steps = Math.max(1, Math.round(60 * choices.minutes() / pace));
        err.println(
                steps
                        + " steps planned: "
                        + Amount.fixed(pace, 3)
                        + " s a step in a trial of "
                        + TRIAL_STEPS);
        return steps;
    }

    private void train(
            Trainer trainer,
            TrainingPlan plan,
            TrainedFolder folder,
            UNetConfig config,
            PrintWriter err)
            throws IOException {
        long every = gridEvery == null ? Math.max(1, plan.steps() / 5) : gridEvery;
        trainer.withListeners(
                TrainingGrids.listener(trainer, config, plan, folder, Math.toIntExact(every)));
        try (StepProgress progress =
                StepProgress.of("training", Math.toIntExact(plan.steps()), err)) {
            TrainingWatch watch =
                    new TrainingWatch(trainer, folder.checkpoint(), progress, choices.minutes());
            trainer.run(plan.steps(), watch);
            watch.getAsBoolean();
        }
        trainer.save(folder.checkpoint());
        folder.write(trainer, config, plan);
    }

    private void report(Trainer trainer, TrainingPlan plan, long before, double seconds)
            throws IOException {
        double[] losses = trainer.losses();
        double mean =
                Arrays.stream(losses).skip(Math.max(0, losses.length - 100)).average().orElse(0);
        PrintWriter print = spec.commandLine().getOut();
        print.println(
                trainer.steps()
                        + " of "
                        + plan.steps()
                        + " steps of "
                        + plan.batch()
                        + " images in "
                        + Amount.fixed(seconds / 60, 1)
                        + " minutes, loss "
                        + Amount.fixed(mean, 4)
                        + " (mean of the last 100)"
                        + (trainer.steps() < plan.steps() ? "; --resume goes on" : ""));
        print.println("wrote " + out);
        ObjectNode facts = JsonFile.object();
        facts.set("plan", JsonFile.tree(plan));
        facts.put("steps", trainer.steps());
        facts.put("stepsOfThisCall", trainer.steps() - before);
        facts.put("seconds", seconds);
        facts.put("loss", mean);
        facts.set("losses", JsonFile.tree(losses));
        facts.put("model", out.toString());
        facts.set("versions", JsonFile.tree(Versions.all()));
        json.write(facts);
    }

    /** Network and data of a run, from which trainers are made. */
    private record TrainingRun(UNetConfig config, TrainingImages images, Shape sample) {

        static TrainingRun read(Path data, UNetConfig config) throws IOException {
            Shape size =
                    config.sampleSize()
                            .orElseThrow(() -> new UserError("the preset has no size of samples"));
            if (config.crossAttentionDim().isPresent()) {
                throw new UserError(
                        "--preset: the network takes text states, which an .npz of images has not;"
                                + " train it by the API (docs/training.md)");
            }
            Shape sample = Shape.of(config.inChannels(), size.size(0), size.size(1));
            return new TrainingRun(
                    config, TrainingImages.read(data, sample, config.numClassEmbeds()), sample);
        }

        Trainer trainer(TrainingPlan plan) {
            TrainableUNet unet =
                    UNetBuilder.trainable(config, InputSizes.of(config, plan.batch()), plan.seed());
            INDArray labels = images.labels().orElse(null);
            return Trainer.of(
                    unet,
                    plan.objective(config.numClassEmbeds()),
                    ImageData.of(images.images(sample), labels, plan.batch(), plan.seed()),
                    plan.options(),
                    Engines.named("nd4j", Precision.F32));
        }
    }
}
