// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.builder;

import io.github.deepcache4j.builder.Architecture.Addition;

/** The sum of the embeddings of timestep, class label and added conditions. */
final class Embeddings {

    private final Layers layers;
    private final UNetConfig config;
    private final Architecture architecture;
    private final TimeEmbedding time;

    Embeddings(Layers layers, UNetConfig config) {
        this.layers = layers;
        this.config = config;
        this.architecture = config.architecture();
        this.time =
                new TimeEmbedding(
                        layers, config.flag("flip_sin_to_cos"), config.whole("freq_shift"));
    }

    /** {@code [batch, timeWidth]}. */
    Tensor of(NetworkInputs inputs) {
        long width = architecture.timeWidth();
        Tensor sum =
                time.project(
                        time.sinusoids(inputs.timestep(), architecture.base()),
                        "time_embedding",
                        width);
        sum =
                switch (architecture.classes()) {
                    case NONE -> sum;
                    case TABLE ->
                            layers.add(
                                    sum,
                                    layers.embedding(
                                            inputs.classLabels(),
                                            "class_embedding",
                                            config.whole("num_class_embeds"),
                                            width));
                    case TIMESTEP ->
                            layers.add(
                                    sum,
                                    time.project(
                                            time.sinusoids(
                                                    inputs.classLabels(), architecture.base()),
                                            "class_embedding",
                                            width));
                };
        Addition addition = architecture.addition();
        return addition == null ? sum : layers.add(sum, added(inputs, addition, width));
    }

    /** SDXL: pooled text embedding, and sizes embedded like timesteps (Podell et al. 2023, 2.2). */
    private Tensor added(NetworkInputs inputs, Addition addition, long width) {
        long batch = inputs.sample().size(0);
        Tensor ids = layers.reshape(inputs.timeIds(), batch * addition.ids());
        Tensor sizes =
                layers.reshape(
                        time.sinusoids(ids, addition.idWidth()),
                        batch,
                        (long) addition.ids() * addition.idWidth());
        return time.project(layers.concat(1, inputs.textEmbeds(), sizes), "add_embedding", width);
    }
}
