// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a layer over images reads and writes its tensors, by its attribute {@code data_format}. */
final class ImageLayout {

    private final LayerCall call;
    private final boolean channelsLast;

    private ImageLayout(LayerCall call, boolean channelsLast) {
        this.call = call;
        this.channelsLast = channelsLast;
    }

    static ImageLayout of(LayerCall call) {
        String format = call.config().text("data_format", "channels_last");
        if (!format.equals("channels_last") && !format.equals("channels_first")) {
            throw call.refuse("attribute data_format=" + format + " is not supported");
        }
        return new ImageLayout(call, format.equals("channels_last"));
    }

    boolean isChannelsLast() {
        return channelsLast;
    }

    /** The one input, which must have a batch, channels, and this many axes more. */
    KerasTensor input(int axes) {
        KerasTensor x = call.input();
        if (x.rank() != axes + 2) {
            throw call.refuse("an input of " + x.rank() + " axes is not supported");
        }
        return call.floating(x);
    }

    /**
     * An operator on a tensor with its channels behind the batch.
     *
     * @param operands further ones, already in the operator's order
     */
    KerasTensor apply(
            String operator, KerasTensor x, List<String> operands, Map<String, Object> attributes) {
        return apply(operator, x, operands, attributes, x.rank());
    }

    /** The same with another number of axes in the result. */
    KerasTensor apply(
            String operator,
            KerasTensor x,
            List<String> operands,
            Map<String, Object> attributes,
            int rank) {
        List<String> names = new ArrayList<>(operands);
        names.add(0, channelsLast ? call.graph().channelsFirst(x) : call.graph().plain(x));
        String result = call.graph().node(call.path(), operator, names, attributes);
        return channelsLast && rank > 2
                ? KerasTensor.channelsFirst(result, rank, x.type())
                : KerasTensor.plain(result, rank, x.type());
    }

    /** A vector with one element a channel, added to each. */
    KerasTensor addBias(KerasTensor x, KerasTensor bias) {
        if (channelsLast || x.rank() == 2) {
            return call.elementwise("Add", x, bias);
        }
        List<Long> sizes = new ArrayList<>(List.of(-1L));
        for (int axis = 2; axis < x.rank(); axis++) {
            sizes.add(1L);
        }
        return call.elementwise("Add", x, call.reshape(bias, sizes));
    }
}
