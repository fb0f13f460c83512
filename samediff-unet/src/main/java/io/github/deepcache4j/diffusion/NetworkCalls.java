// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The network as one sampler step uses it: conditions given, calls counted, answers checked. */
final class NetworkCalls {

    private final NoisePredictor network;
    private final Map<String, INDArray> conditions;
    private final int first;
    private final boolean learnsVariance;

    /**
     * @param first {@code Step.index} of the step's first call
     * @param learnsVariance whether answers have a second half of channels that tells the variance
     */
    NetworkCalls(
            NoisePredictor network,
            Map<String, INDArray> conditions,
            int first,
            boolean learnsVariance) {
        this.network = network;
        this.conditions = conditions;
        this.first = first;
        this.learnsVariance = learnsVariance;
    }

    /**
     * The prediction of x0, noise or v, without a learned variance.
     *
     * @param call number of the call in this step, from 0
     * @param x {@code [batch, channels, height, width]}; not changed
     * @return of x's shape and type; not to be written to
     */
    INDArray predict(int call, double timestep, INDArray x) {
        INDArray answer = answer(call, timestep, x);
        return learnsVariance ? half(answer, 0) : answer;
    }

    /** The first call's prediction, and the learned variance if there is one. */
    Prediction predictWithVariance(double timestep, INDArray x) {
        INDArray answer = answer(0, timestep, x);
        return learnsVariance
                ? new Prediction(half(answer, 0), half(answer, 1))
                : new Prediction(answer, answer);
    }

    /** One answer's halves. */
    static final class Prediction {
        private final INDArray value;
        private final INDArray variance;

        private Prediction(INDArray value, INDArray variance) {
            this.value = value;
            this.variance = variance;
        }

        INDArray value() {
            return value;
        }

        /** In [-1, 1] where the network learned it; meaningless otherwise. */
        INDArray variance() {
            return variance;
        }
    }

    private INDArray answer(int call, double timestep, INDArray x) {
        Step step = Step.of(first + call, timestep).withConditions(conditions);
        INDArray answer = network.predict(x, step);
        long[] expected = x.shape().clone();
        if (learnsVariance) {
            expected[1] *= 2;
        }
        if (!Shape.of(answer.shape()).equals(Shape.of(expected))) {
            throw new IllegalStateException(
                    "the network answered "
                            + Shape.of(answer.shape())
                            + " to a sample of "
                            + Shape.of(x.shape())
                            + "; a prediction has "
                            + (learnsVariance
                                    ? "twice the channels where variance_type says that the"
                                            + " variance is learned too"
                                    : "the sample's shape (variance_type learned_range is for"
                                            + " networks that predict a variance too)"));
        }
        return answer.castTo(x.dataType());
    }

    private static INDArray half(INDArray answer, int which) {
        long channels = answer.size(1) / 2;
        return answer.get(
                NDArrayIndex.all(),
                NDArrayIndex.interval(which * channels, (which + 1) * channels));
    }
}
