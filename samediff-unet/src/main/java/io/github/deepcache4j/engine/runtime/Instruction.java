// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

/** A step of a program, prepared by a backend: everything but the contents is fixed. */
public interface Instruction extends AutoCloseable {

    /** Runs it once, without allocating. */
    void run();

    /** What runs, for people: such as {@code conv2d brgconv:avx512_core}. */
    String kernel();

    @Override
    default void close() {}
}
