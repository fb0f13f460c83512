// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.onednn;

/** oneDNN has no implementation of a primitive; the step is left to ND4J. */
final class UnsupportedPrimitive extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedPrimitive(String message) {
        super(message);
    }
}
