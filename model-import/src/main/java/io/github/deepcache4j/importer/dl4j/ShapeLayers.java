// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.importer.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;

/** Layers without weights that change sizes. */
final class ShapeLayers {

    private ShapeLayers() {}

    static Activation upsampling(VertexCall call, Upsampling2D layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getFormat() == CNN2DFormat.NHWC);
        return PoolingLayers.upsampled(call, x, layer.getSize());
    }

    static Activation upsampling(VertexCall call, Upsampling1D layer) {
        return PoolingLayers.upsampled(call, call.input(3), layer.getSize()[0]);
    }

    /** DL4J's order is top, bottom, left, right. */
    static Activation padding(VertexCall call, ZeroPaddingLayer layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getDataFormat() == CNN2DFormat.NHWC);
        int[] p = layer.getPadding();
        String pads = call.longs(0, 0, p[0], p[2], 0, 0, p[1], p[3]);
        return x.with(call.operator("Pad", x.tensor(), pads));
    }

    static Activation padding(VertexCall call, ZeroPadding1DLayer layer) {
        Activation x = call.input(3);
        int[] p = layer.getPadding();
        return x.with(call.operator("Pad", x.tensor(), call.longs(0, 0, p[0], 0, 0, p[1])));
    }

    static Activation cropping(VertexCall call, Cropping2D layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getDataFormat() == CNN2DFormat.NHWC);
        int[] c = layer.getCropping();
        return cropped(call, x, new long[] {c[0], c[2]}, new long[] {c[1], c[3]});
    }

    static Activation cropping(VertexCall call, Cropping1D layer) {
        int[] c = layer.getCropping();
        return cropped(call, call.input(3), new long[] {c[0]}, new long[] {c[1]});
    }

    /** Elements left out at both ends of the axes behind the features. */
    static Activation cropped(VertexCall call, Activation x, long[] before, long[] after) {
        long[] ends = new long[after.length];
        long[] axes = new long[after.length];
        for (int i = 0; i < after.length; i++) {
            ends[i] = after[i] == 0 ? Integer.MAX_VALUE : -after[i];
            axes[i] = i + 2L;
        }
        return x.with(
                call.operator(
                        "Slice",
                        x.tensor(),
                        call.longs(before),
                        call.longs(ends),
                        call.longs(axes)));
    }

    static Activation spaceToDepth(VertexCall call, SpaceToDepthLayer layer) {
        Activation x = call.input(4);
        call.requireFormat(x, layer.getDataFormat() == CNN2DFormat.NHWC);
        Map<String, Object> block = Map.of("blocksize", (long) layer.getBlockSize());
        return x.with(call.operator("SpaceToDepth", block, x.tensor()));
    }

    /** The features at every place of a sequence of n. */
    static Activation repeated(VertexCall call, RepeatVector layer) {
        Activation x = call.input(2);
        String one = call.reshape(x.tensor(), 0, -1, 1);
        String result = call.operator("Tile", one, call.longs(1, 1, layer.getN()));
        return new Activation(result, 3, layer.getDataFormat() == RNNFormat.NWC);
    }
}
