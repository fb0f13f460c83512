// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.engine.lowering;

import io.github.deepcache4j.graph.Shape;

/** Lowers composites: normalisations and activation functions. */
final class Norms {

    private Norms() {}

    static Operand lower(Lowering lowering, Composite composite) {
        if (composite instanceof Composite.GroupNorm norm) {
            return groupNorm(lowering, norm);
        }
        if (composite instanceof Composite.LayerNorm norm) {
            return layerNorm(lowering, norm);
        }
        Composite.Elementwise function = (Composite.Elementwise) composite;
        return Elementwise.apply(lowering, function.activation(), function.input());
    }

    private static Operand groupNorm(Lowering lowering, Composite.GroupNorm norm) {
        ProgramBuilder builder = lowering.builder();
        Shape shape = norm.shape();
        long pixels = shape.elements() / shape.size(0) / shape.size(1);
        Shape flat = Shape.of(shape.size(0), shape.size(1), pixels);
        Operand input =
                builder.reshape(
                        Convolutions.channelsLast(
                                lowering,
                                builder.reshape(lowering.activation(norm.input()), shape)),
                        flat);
        Operand offset = norm.offset() < 0 ? null : lowering.operand(norm.offset());
        if (offset != null) {
            Shape matrix = Shape.of(offset.layout().size(0), shape.size(1));
            // the sums are combined in single precision on the processor
            offset =
                    builder.reshape(
                            builder.copied(
                                    offset,
                                    org.nd4j.linalg.api.buffer.DataType.FLOAT,
                                    Layout.dense(offset.shape())),
                            matrix);
        }
        Operand output = builder.create(lowering.computeType(), Layout.channelsLast(flat));
        builder.add(
                new Step.GroupNorm(
                        input,
                        offset,
                        lowering.value(norm.gamma()),
                        lowering.value(norm.beta()),
                        norm.groups(),
                        norm.epsilon(),
                        norm.then(),
                        output));
        return builder.reshape(output, shape);
    }

    private static Operand layerNorm(Lowering lowering, Composite.LayerNorm norm) {
        ProgramBuilder builder = lowering.builder();
        Shape rows = norm.rows();
        Operand input = builder.dense(builder.reshape(lowering.activation(norm.input()), rows));
        Operand output = builder.create(lowering.computeType(), Layout.dense(rows));
        builder.add(
                new Step.LayerNorm(
                        input,
                        lowering.value(norm.gamma()),
                        lowering.value(norm.beta()),
                        norm.epsilon(),
                        output));
        return builder.reshape(output, Shape.of(1, rows.size(0), 1, rows.size(1)));
    }
}
