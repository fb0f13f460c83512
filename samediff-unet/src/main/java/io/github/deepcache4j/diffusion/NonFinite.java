// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.diffusion;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Condition;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Counts what is NaN or infinite in an array. */
final class NonFinite {

    private NonFinite() {}

    /** Such as "3 NaN and 0 infinite of 64 values"; empty if all is well. */
    static Optional<String> in(INDArray array) {
        // M2.1 does not see NaN in half precision
        INDArray values =
                array.dataType() == DataType.DOUBLE ? array : array.castTo(DataType.FLOAT);
        if (count(values, Conditions.notFinite()) == 0) {
            return Optional.empty();
        }
        return Optional.of(
                count(values, Conditions.isNan())
                        + " NaN and "
                        + count(values, Conditions.isInfinite())
                        + " infinite of "
                        + values.length()
                        + " values");
    }

    private static long count(INDArray values, Condition condition) {
        return Nd4j.getExecutioner().exec(new MatchCondition(values, condition)).getLong(0);
    }
}
