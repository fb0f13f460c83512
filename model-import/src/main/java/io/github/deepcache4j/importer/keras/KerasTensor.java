// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A tensor of a Keras model on its way into SameDiff.
 *
 * <p>It is known in the model's own layout, or with the last axis moved behind the batch ({@code
 * [batch, height, width, channels]} as {@code [batch, channels, height, width]}), or both: layers
 * over images work channels first inside, whatever the model's layout is. {@link KerasGraph} turns
 * one into the other where a layer asks for it.
 */
public final class KerasTensor {

    private final int rank;
    private final DataType type;
    private final boolean doubtful;
    private @Nullable String plain;
    private @Nullable String channelsFirst;

    private KerasTensor(int rank, DataType type, boolean doubtful) {
        this.rank = rank;
        this.type = type;
        this.doubtful = doubtful;
    }

    /** In the model's layout. */
    static KerasTensor plain(String name, int rank, DataType type) {
        KerasTensor tensor = new KerasTensor(rank, type, false);
        tensor.plain = name;
        return tensor;
    }

    /** With its last axis behind the batch. */
    static KerasTensor channelsFirst(String name, int rank, DataType type) {
        KerasTensor tensor = new KerasTensor(rank, type, false);
        tensor.channelsFirst = name;
        return tensor;
    }

    /** Stands for what a layer that cannot be imported would have given. */
    static KerasTensor doubtful(String name, int rank, DataType type) {
        KerasTensor tensor = new KerasTensor(rank, type, true);
        tensor.plain = name;
        return tensor;
    }

    /** Number of axes, the batch included. */
    public int rank() {
        return rank;
    }

    /** FLOAT for all floating point types of the file. */
    public DataType type() {
        return type;
    }

    /** Whether it comes from a layer that cannot be imported, so that it may have other axes. */
    boolean isDoubtful() {
        return doubtful;
    }

    /** Whether it is known channels first already. */
    boolean isImage() {
        return channelsFirst != null;
    }

    @Nullable String plain() {
        return plain;
    }

    @Nullable String channelsFirst() {
        return channelsFirst;
    }

    void setPlain(String name) {
        plain = name;
    }

    void setChannelsFirst(String name) {
        channelsFirst = name;
    }
}
