// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.calibration;

import io.github.deepcache4j.unet.NoisePredictor;
import io.github.deepcache4j.unet.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network whose answers are known in part: a run that goes as another one did up to a step need
 * not ask it again until then, but at the full steps whose features it still needs.
 */
final class Replay implements NoisePredictor {

    private final NoisePredictor network;
    private final List<INDArray> known;
    private final IntPredicate isKnown;
    private final List<INDArray> answers = new ArrayList<>();

    /**
     * A replay.
     *
     * @param known answers of the other run, call by call
     * @param isKnown whether a step's answer is taken from there, by step index
     */
    Replay(NoisePredictor network, List<INDArray> known, IntPredicate isKnown) {
        this.network = network;
        this.known = known;
        this.isKnown = isKnown;
    }

    @Override
    public INDArray predict(INDArray sample, Step step) {
        INDArray answer =
                isKnown.test(step.index())
                        ? known.get(answers.size())
                        : network.predict(sample, step);
        answers.add(answer);
        return answer.dup();
    }

    /** Answers of this run, call by call. */
    List<INDArray> answers() {
        return answers;
    }
}
