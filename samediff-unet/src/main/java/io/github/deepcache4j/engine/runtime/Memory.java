// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.runtime;

import io.github.deepcache4j.engine.lowering.Buffer;
import io.github.deepcache4j.engine.lowering.BufferPlan;
import io.github.deepcache4j.engine.lowering.Operand;
import io.github.deepcache4j.engine.lowering.Program;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The memory of one program: a block for each type, and the constants where they are. */
public final class Memory implements AutoCloseable {

    /** Bytes to which blocks are aligned: what vector instructions like best. */
    private static final long ALIGNMENT = 64;

    private final Program program;
    private final BufferPlan plan;
    private final Map<DataType, INDArray> blocks = new EnumMap<>(DataType.class);
    private final Map<DataType, Long> starts = new EnumMap<>(DataType.class);

    private Memory(Program program, BufferPlan plan) {
        this.program = program;
        this.plan = plan;
    }

    public static Memory of(Program program) {
        BufferPlan plan = BufferPlan.of(program);
        Memory memory = new Memory(program, plan);
        plan.sizes()
                .forEach(
                        (type, elements) -> {
                            long spare = ALIGNMENT / type.width();
                            // zeroed, since a steady input is compared before it is first written
                            INDArray block = Nd4j.create(type, elements + spare);
                            long misplaced = block.data().address() % ALIGNMENT;
                            memory.blocks.put(type, block);
                            memory.starts.put(
                                    type,
                                    misplaced == 0 ? 0 : (ALIGNMENT - misplaced) / type.width());
                        });
        return memory;
    }

    /** The operand as an ND4J array on the same memory. */
    public INDArray array(Operand operand) {
        long[] sizes = operand.shape().toArray();
        long[] strides = operand.layout().strides().stream().mapToLong(Long::longValue).toArray();
        INDArray whole = whole(operand);
        long first = first(operand);
        if (sizes.length == 0) {
            return Nd4j.create(whole.data(), new long[] {1}, new long[] {1}, first, 'c')
                    .reshape(new long[0]);
        }
        return Nd4j.create(whole.data(), sizes, strides, first, 'c', operand.type());
    }

    public boolean isConstant(Operand operand) {
        return buffer(operand).constant() != null;
    }

    /** Address of the operand's first element. */
    public long address(Operand operand) {
        DataBuffer data = whole(operand).data();
        return data.pointer().address() + first(operand) * operand.type().width();
    }

    private INDArray whole(Operand operand) {
        INDArray constant = buffer(operand).constant();
        return constant != null ? constant : Objects.requireNonNull(blocks.get(operand.type()));
    }

    private long first(Operand operand) {
        INDArray constant = buffer(operand).constant();
        return operand.offset()
                + (constant != null
                        ? constant.offset()
                        : Objects.requireNonNull(starts.get(operand.type()))
                                + plan.place(operand.buffer()));
    }

    private Buffer buffer(Operand operand) {
        return program.buffers().get(operand.buffer());
    }

    /** Bytes of all blocks. */
    public long bytes() {
        return blocks.values().stream()
                .mapToLong(block -> block.length() * block.dataType().width())
                .sum();
    }

    @Override
    public void close() {
        blocks.values().forEach(INDArray::close);
        blocks.clear();
    }
}
