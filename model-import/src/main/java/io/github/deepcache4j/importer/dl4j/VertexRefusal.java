// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

/** A vertex cannot be imported exactly; the lowering notes why and goes on with the others. */
final class VertexRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    VertexRefusal(String reason) {
        super(reason);
    }
}
