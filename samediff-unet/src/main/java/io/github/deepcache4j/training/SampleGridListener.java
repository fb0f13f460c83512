// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import io.github.deepcache4j.diffusion.NoiseSource;
import io.github.deepcache4j.diffusion.Sampler;
import io.github.deepcache4j.diffusion.SamplingLoop;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.UNet;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Samples from the network now and then while it is trained, always from the same noise; what it
 * draws goes to whoever wants to see it.
 *
 * <pre>{@code
 * new SampleGridListener(500, () -> trainer.average(16), unet -> session(unet), sampler, labels,
 *         (step, samples) -> writePicture(step, samples))
 * }</pre>
 *
 * <p>How the network is run is a function, so that a cached session can be given.
 */
public final class SampleGridListener extends BaseListener {

    /** Takes the samples of a step. */
    @FunctionalInterface
    public interface Viewer {

        /**
         * @param steps steps taken
         * @param samples {@code [batch, channels, height, width]}
         */
        void show(long steps, INDArray samples);
    }

    private final int every;
    private final Supplier<UNet> network;
    private final Function<UNet, NoisePredictor> session;
    private final Sampler sampler;
    private final Map<String, INDArray> conditions;
    private final Viewer viewer;

    /**
     * @param every steps between two grids
     * @param network the network as it is now, for the batch to draw
     * @param session how it is run; closed after the grid if it is {@link AutoCloseable}
     * @param conditions its other inputs, such as class labels
     */
    public SampleGridListener(
            int every,
            Supplier<UNet> network,
            Function<UNet, NoisePredictor> session,
            Sampler sampler,
            Map<String, INDArray> conditions,
            Viewer viewer) {
        if (every < 1) {
            throw new IllegalArgumentException("a grid every " + every + " steps");
        }
        this.every = every;
        this.network = network;
        this.session = session;
        this.sampler = sampler;
        this.conditions = Map.copyOf(conditions);
        this.viewer = viewer;
    }

    @Override
    public boolean isActive(Operation operation) {
        return operation == Operation.TRAINING;
    }

    @Override
    public void iterationDone(SameDiff sd, At at, MultiDataSet batch, Loss loss) {
        if ((at.iteration() + 1) % every == 0) {
            draw(at.iteration() + 1L);
        }
    }

    private void draw(long steps) {
        UNet unet = network.get();
        NoisePredictor predictor = session.apply(unet);
        try {
            INDArray samples =
                    SamplingLoop.of(sampler, predictor)
                            .run(
                                    NoiseSource.seeded(0),
                                    conditions,
                                    unet.ports().sample().shape().toArray());
            viewer.show(steps, samples);
        } finally {
            if (predictor instanceof AutoCloseable closeable) {
                close(closeable);
            }
        }
    }

    private static void close(AutoCloseable session) {
        try {
            session.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a session for samples could not be closed", e);
        }
    }
}
