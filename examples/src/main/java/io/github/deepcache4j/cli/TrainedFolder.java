// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.deepcache4j.builder.UNetConfig;
import io.github.deepcache4j.safetensors.SafetensorsFile;
import io.github.deepcache4j.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder that {@code train} fills: a pipeline as diffusers writes it, and what the run needs to
 * go on.
 *
 * <pre>
 *   model_index.json  unet/config.json  unet/diffusion_pytorch_model.safetensors
 *   scheduler/scheduler_config.json
 *   training.json  checkpoint.npz  losses.csv  grids/step-000500.png
 * </pre>
 */
record TrainedFolder(Path folder) {

    /** What diffusers' files of this layout say; the layout has not changed since. */
    private static final String DIFFUSERS = "0.37.0";

    Path plan() {
        return folder.resolve("training.json");
    }

    Path checkpoint() {
        return folder.resolve("checkpoint.npz");
    }

    Path grid(long step) {
        return folder.resolve("grids").resolve("step-%06d.png".formatted(step));
    }

    /**
     * Writes the network with its averaged weights, and the losses; each file is whole or absent.
     */
    void write(Trainer trainer, UNetConfig config, TrainingPlan plan) throws IOException {
        Path unet = folder.resolve("unet");
        OutputFile.write(unet.resolve("config.json"), config::write);
        OutputFile.write(
                unet.resolve("diffusion_pytorch_model.safetensors"),
                file ->
                        SafetensorsFile.write(
                                file,
                                trainer.averageWeights(),
                                Map.of(
                                        "format",
                                        "pt",
                                        "producer",
                                        "dl4j-deepcache " + Versions.DEEPCACHE,
                                        "steps",
                                        String.valueOf(trainer.steps()))));
        OutputFile.writeText(
                folder.resolve("scheduler").resolve("scheduler_config.json"),
                JsonFile.pretty(scheduler(plan)));
        StringBuilder losses = new StringBuilder("step,loss\n");
        for (int i = 0; i < trainer.losses().length; i++) {
            losses.append(i + 1).append(',').append(trainer.losses()[i]).append('\n');
        }
        OutputFile.writeText(folder.resolve("losses.csv"), losses.toString());
        ObjectNode index = JsonFile.object();
        index.put("_class_name", "DDPMPipeline").put("_diffusers_version", DIFFUSERS);
        index.putArray("scheduler").add("diffusers").add("DDPMScheduler");
        index.putArray("unet").add("diffusers").add(config.className());
        OutputFile.writeText(folder.resolve("model_index.json"), JsonFile.pretty(index));
    }

    private static ObjectNode scheduler(TrainingPlan plan) {
        ObjectNode scheduler = JsonFile.object();
        scheduler.put("_class_name", "DDPMScheduler").put("_diffusers_version", DIFFUSERS);
        scheduler.put("beta_schedule", "linear").put("beta_start", 1e-4).put("beta_end", 0.02);
        scheduler.put("num_train_timesteps", plan.schedule().trainTimesteps());
        scheduler.put("clip_sample", true).put("clip_sample_range", 1.0);
        scheduler.put("prediction_type", plan.prediction());
        return scheduler;
    }

    /** Refuses a folder in which a run was started, so that nothing is overwritten. */
    void requireNew() {
        if (Files.exists(plan())) {
            throw new UserError(
                    "--out "
                            + folder
                            + ": a run was started there; go on with --resume, or give another"
                            + " folder");
        }
    }
}
