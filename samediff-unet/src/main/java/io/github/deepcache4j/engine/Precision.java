// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine;

import java.util.Locale;

/** Number format of weights and activations inside an engine; inputs and outputs are always f32. */
public enum Precision {
    F32,
    BF16;

    /** As the command line writes it: {@code f32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
