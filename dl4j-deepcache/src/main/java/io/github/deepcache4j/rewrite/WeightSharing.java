// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.rewrite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Lets two loaded graphs use one set of weight arrays.
 *
 * <p>Both get plain holders, too: the default holder keeps a second copy of every array.
 */
final class WeightSharing {

    private WeightSharing() {}

    /**
     * @param part every weight of it must be in {@code whole}, with the same contents
     * @throws IllegalArgumentException naming the weights that differ
     */
    static void share(SameDiff whole, SameDiff part, Path origin) {
        List<String> differing = new ArrayList<>();
        ArrayHolder variables =
                shared(whole.getVariablesArrays(), part.getVariablesArrays(), differing);
        ArrayHolder constants =
                shared(whole.getConstantArrays(), part.getConstantArrays(), differing);
        if (!differing.isEmpty()) {
            throw new IllegalArgumentException(
                    origin
                            + ": full.fb and cached.fb belong to different models; these weights"
                            + " differ: "
                            + differing);
        }
        part.setArrayHolders(variables, constants, false);
        whole.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), true);
    }

    private static ArrayHolder shared(ArrayHolder whole, ArrayHolder part, List<String> differing) {
        ArrayHolder shared = new SingleThreadArrayHolder();
        for (String name : part.arrayNames()) {
            INDArray array = whole.getArray(name);
            if (array == null || !GraphFiles.same(array, part.getArray(name))) {
                differing.add(name);
            } else {
                shared.setArray(name, array);
            }
        }
        return shared;
    }
}
