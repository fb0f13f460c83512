// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

/** A layer cannot be imported; caught where the layers are gone through, so that all are named. */
final class LayerRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LayerRefusal(String reason) {
        super(reason);
    }
}
