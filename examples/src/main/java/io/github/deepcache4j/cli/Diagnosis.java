// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.SamplingException;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.NonFiniteSearch;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network that remembers its last call, to tell where a value stopped being finite. */
final class Diagnosis implements NoisePredictor {

    private final UNet unet;
    private final NoisePredictor network;
    private @Nullable INDArray sample;
    private @Nullable Step step;

    Diagnosis(UNet unet, NoisePredictor network) {
        this.unet = unet;
        this.network = network;
    }

    @Override
    public INDArray predict(INDArray sample, Step step) {
        this.sample = sample;
        this.step = step;
        return network.predict(sample, step);
    }

    /** The step, and the first tensor of the last call that is not finite. */
    String explain(SamplingException failure) {
        Optional<String> tensor =
                sample == null || step == null
                        ? Optional.empty()
                        : NonFiniteSearch.find(unet, sample, step);
        return failure.getMessage()
                + tensor.map(
                                name ->
                                        "; the first tensor that is not finite is the "
                                                + kind(name)
                                                + " "
                                                + name
                                                + ": check the model")
                        .orElse("; the network is finite, so the sampler's arithmetic overflowed");
    }

    private String kind(String name) {
        return switch (unet.graph().value(name).kind()) {
            case INPUT -> "input";
            case CONSTANT -> "weight";
            case ACTIVATION -> "result";
        };
    }
}
