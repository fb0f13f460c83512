// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * The denoising objective as data for any network that DL4J trains, {@code
 * ComputationGraph.fit(iterator)} or {@code SameDiff.fit(iterator, epochs)}: features are the noisy
 * sample, the timesteps as a FLOAT column {@code [batch, 1]} and the conditions in the order of
 * their names; the label is what the network should predict.
 *
 * <p>Steps are counted on over epochs, so every epoch draws other noise; the batches are those that
 * a {@link Trainer} of the same seed sees.
 */
public final class DenoisingIterator implements MultiDataSetIterator {

    private static final long serialVersionUID = 1L;

    private final transient DenoisingObjective objective;
    private final transient TrainingData data;
    private final long seed;
    private final int stepsPerEpoch;
    private long step;
    private long end;
    private transient @Nullable MultiDataSetPreProcessor preProcessor;

    /**
     * @param stepsPerEpoch batches until the iterator wants to be reset
     * @throws IllegalArgumentException if the objective weighs timesteps, which the loss of a
     *     network is not told of
     */
    public DenoisingIterator(
            DenoisingObjective objective, TrainingData data, long seed, int stepsPerEpoch) {
        if (objective.minSnrGamma().isPresent()) {
            throw new IllegalArgumentException(
                    "min-SNR weights do not reach the loss of a DL4J network; leave them out, or"
                            + " predict v");
        }
        if (stepsPerEpoch < 1) {
            throw new IllegalArgumentException(stepsPerEpoch + " steps an epoch");
        }
        this.objective = objective;
        this.data = data;
        this.seed = seed;
        this.stepsPerEpoch = stepsPerEpoch;
        this.end = stepsPerEpoch;
    }

    @Override
    public boolean hasNext() {
        return step < end;
    }

    @Override
    public MultiDataSet next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has ended; reset the iterator");
        }
        NoisyBatch batch = objective.apply(data.batch(step), seed, step);
        step++;
        List<INDArray> features = new ArrayList<>();
        features.add(batch.sample());
        INDArray timesteps = batch.timesteps().castTo(DataType.FLOAT);
        features.add(timesteps.reshape(timesteps.length(), 1));
        for (String name : new TreeSet<>(batch.conditions().keySet())) {
            features.add(batch.conditions().get(name));
        }
        MultiDataSet set =
                new org.nd4j.linalg.dataset.MultiDataSet(
                        features.toArray(INDArray[]::new), new INDArray[] {batch.target()});
        if (preProcessor != null) {
            preProcessor.preProcess(set);
        }
        return set;
    }

    /** Starts the next epoch; steps go on. */
    @Override
    public void reset() {
        end = step + stepsPerEpoch;
    }

    @Override
    public MultiDataSet next(int count) {
        throw new UnsupportedOperationException(
                "batches have the size of the data's; ask for the next one");
    }

    @Override
    public void setPreProcessor(@Nullable MultiDataSetPreProcessor change) {
        this.preProcessor = change;
    }

    @Override
    public @Nullable MultiDataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** Not ahead of time, on another thread: the order of its draws is what repeats. */
    @Override
    public boolean asyncSupported() {
        return false;
    }
}
