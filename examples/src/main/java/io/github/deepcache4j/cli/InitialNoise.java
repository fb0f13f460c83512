// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What sampling starts from: noise of the seed, or the user's. */
final class InitialNoise {

    private final long[] shape;
    private final @Nullable INDArray given;

    private InitialNoise(long[] shape, @Nullable INDArray given) {
        this.shape = shape;
        this.given = given;
    }

    /**
     * Noise for batches of images.
     *
     * @param arrays from the user; one named as the sample holds the noise of all images
     * @throws UserError if it does not fit
     */
    static InitialNoise of(UNet unet, Map<String, INDArray> arrays, NetworkBatch batch, int count) {
        Port sample = unet.ports().sample();
        long[] shape = sample.shape().toArray();
        shape[0] = batch.images();
        INDArray given = arrays.get(sample.name());
        if (given != null && (given.rank() != shape.length || given.size(0) < count)) {
            throw new UserError(
                    "--inputs: array "
                            + sample.name()
                            + " is the initial noise; give "
                            + count
                            + " images of "
                            + sample.shape());
        }
        return new InitialNoise(shape, given);
    }

    /** For a batch; images that only fill it up repeat the last given. */
    INDArray of(NoiseSource source, int first) {
        return given == null
                ? source.initial(shape)
                : Rows.filledUp(given, first, Math.toIntExact(shape[0]));
    }
}
