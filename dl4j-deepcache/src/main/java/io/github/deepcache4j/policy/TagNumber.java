// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.policy;

import java.math.BigDecimal;

/** Numbers as tags write them: 0.1, 1000, 0.000000001; never with an exponent. */
final class TagNumber {

    private TagNumber() {}

    static String of(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
}
