// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Operators that work element by element: they keep the layout their operands have, and bring all
 * of them to one type and, where one of them is channels first, to that.
 */
final class Elementwise {

    private static final Set<String> COMPARISONS =
            Set.of(
                    "Equal",
                    "Greater",
                    "GreaterOrEqual",
                    "Less",
                    "LessOrEqual",
                    "And",
                    "Or",
                    "Xor",
                    "Not",
                    "IsNaN",
                    "IsInf");

    private final LayerCall call;
    private final KerasGraph graph;

    Elementwise(LayerCall call) {
        this.call = call;
        this.graph = call.graph();
    }

    KerasTensor apply(String operator, Map<String, Object> attributes, List<KerasTensor> given) {
        List<KerasTensor> operands = operator.equals("Where") ? choice(given) : promoted(given);
        int rank = operands.stream().mapToInt(KerasTensor::rank).max().orElse(0);
        boolean image =
                rank > 2 && operands.stream().anyMatch(x -> x.isImage() && x.rank() == rank);
        List<String> names = new ArrayList<>();
        for (KerasTensor operand : operands) {
            names.add(image ? likeImage(operand, rank) : graph.plain(operand));
        }
        String result = graph.node(call.path(), operator, names, attributes);
        DataType type =
                COMPARISONS.contains(operator)
                        ? DataType.BOOL
                        : operands.get(operands.size() - 1).type();
        return image
                ? KerasTensor.channelsFirst(result, rank, type)
                : KerasTensor.plain(result, rank, type);
    }

    /** Channels first, with as many axes as the image it meets; a number stays as it is. */
    private String likeImage(KerasTensor x, int rank) {
        return x.rank() == 0 ? graph.plain(x) : graph.channelsFirst(widened(x, rank, 0));
    }

    /** The tensor with axes of size 1 put in at one place. */
    KerasTensor widened(KerasTensor x, int rank, int place) {
        if (x.rank() >= rank) {
            return x;
        }
        List<Long> axes = LongStream.range(place, place + rank - x.rank()).boxed().toList();
        return call.shaped("Unsqueeze", rank, x, axes);
    }

    private List<KerasTensor> choice(List<KerasTensor> given) {
        List<KerasTensor> operands = new ArrayList<>(promoted(given.subList(1, given.size())));
        operands.add(0, call.cast(given.get(0), DataType.BOOL));
        return operands;
    }

    /** All of the type that can hold each. */
    List<KerasTensor> promoted(List<KerasTensor> operands) {
        DataType type = operands.get(0).type();
        for (KerasTensor operand : operands) {
            type = wider(type, operand.type());
        }
        DataType common = type;
        return operands.stream().map(operand -> call.cast(operand, common)).toList();
    }

    private static DataType wider(DataType a, DataType b) {
        List<DataType> order = List.of(DataType.BOOL, DataType.INT, DataType.LONG, DataType.FLOAT);
        return order.indexOf(a) >= order.indexOf(b) ? a : b;
    }

    KerasTensor cast(KerasTensor x, DataType type) {
        long code =
                switch (type) {
                    case FLOAT -> 1;
                    case INT -> 6;
                    case LONG -> 7;
                    case BOOL -> 9;
                    default -> throw call.refuse("a cast to " + type + " is not supported");
                };
        String name = x.isImage() ? graph.channelsFirst(x) : graph.plain(x);
        String result = graph.node(call.path(), "Cast", List.of(name), Map.of("to", code));
        return x.isImage()
                ? KerasTensor.channelsFirst(result, x.rank(), type)
                : KerasTensor.plain(result, x.rank(), type);
    }

    /** Along an axis of the model's layout; channels first if an operand is so already. */
    KerasTensor concatenate(long along, List<KerasTensor> given) {
        List<KerasTensor> parts = promoted(given);
        int rank = parts.get(0).rank();
        if (parts.stream().anyMatch(part -> part.rank() != rank)) {
            throw call.refuse("tensors of different numbers of axes cannot be concatenated");
        }
        int axis = call.axis(along, rank);
        boolean image = rank > 2 && parts.stream().anyMatch(KerasTensor::isImage);
        List<String> names =
                parts.stream()
                        .map(part -> image ? graph.channelsFirst(part) : graph.plain(part))
                        .toList();
        long place = image ? inside(axis, rank) : axis;
        String result = graph.node(call.path(), "Concat", names, Map.of("axis", place));
        DataType type = parts.get(0).type();
        return image
                ? KerasTensor.channelsFirst(result, rank, type)
                : KerasTensor.plain(result, rank, type);
    }

    /** Where an axis of the model's layout lies channels first. */
    static int inside(int axis, int rank) {
        if (axis == 0) {
            return 0;
        }
        return axis == rank - 1 ? 1 : axis + 1;
    }
}
