// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.npz;

import java.io.IOException;

/** What is wrong with one entry, to follow "entry NAME ". */
final class NpyException extends IOException {

    NpyException(String fault) {
        super(fault);
    }
}
