// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.cli;

import org.nd4j.linalg.factory.Nd4j;

/**
 * The number of threads that ND4J's operators use. Its OpenMP runtime reads {@code OMP_NUM_THREADS}
 * when it is loaded, so the launcher sets that too; these settings alone limit ND4J's own loops.
 */
final class Threads {

    private Threads() {}

    static void limit(int threads) {
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
    }

    static int limit() {
        return Nd4j.getEnvironment().maxThreads();
    }
}
