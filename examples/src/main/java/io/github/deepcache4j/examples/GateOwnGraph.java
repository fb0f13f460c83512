// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.examples;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlanner;
import io.github.deepcache4j.rewrite.DeepCacheListener;
import io.github.deepcache4j.rewrite.DeepCacheRewriter;
import io.github.deepcache4j.schedule.UniformSchedule;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A U-Net written in SameDiff, in a denoising loop that calls {@code sd.output}: the graph gets a
 * gate and a listener, the loop stays as it is.
 */
public final class GateOwnGraph {

    private GateOwnGraph() {}

    public static void main(String[] arguments) {
        SameDiff original = network();
        UNet unet =
                UNet.of(
                        original,
                        new UNetPorts(
                                new Port("x", DataType.FLOAT, Shape.of(1, 1, 16, 16)),
                                new Port("t", DataType.FLOAT, Shape.of(1)),
                                List.of(),
                                new Port("noise", DataType.FLOAT, Shape.of(1, 1, 16, 16))));

        SameDiff sd =
                DeepCacheRewriter.gate(unet, CachePlanner.atBranch(unet, 0).orThrow()).sameDiff();
        DeepCacheListener listener = new DeepCacheListener(new UniformSchedule(5));
        sd.setListeners(listener);

        // the loop of before
        INDArray x = Nd4j.randn(DataType.FLOAT, 1, 1, 16, 16);
        for (int t = 990; t >= 0; t -= 10) {
            INDArray timestep = Nd4j.createFromArray((float) t);
            INDArray noise = sd.output(Map.of("x", x, "t", timestep), "noise").get("noise");
            x = x.sub(noise.mul(0.01));
        }
        System.out.println(
                listener.fullCalls() + " full calls, " + listener.cachedCalls() + " cached ones");
    }

    /** Two levels, one skip: conv, down, deep, up, concatenated with conv. */
    private static SameDiff network() {
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, 1, 1, 16, 16);
        SDVariable t = sd.placeHolder("t", DataType.FLOAT, 1);
        SDVariable time = sd.math.cos(t.mul(0.001)).reshape(1, 1, 1, 1);
        SDVariable top = sd.nn.relu(conv(sd, "in", x, 1, 16, 1).add(time), 0);
        SDVariable deep = sd.nn.relu(conv(sd, "down", top, 16, 32, 2), 0);
        deep = sd.nn.relu(conv(sd, "deep", deep, 32, 32, 1).add(time), 0);
        SDVariable up = sd.cnn.upsampling2d(deep, 2, 2, true);
        conv(sd, "out", sd.concat(1, up, top), 48, 1, 1).rename("noise");
        return sd;
    }

    private static SDVariable conv(
            SameDiff sd, String name, SDVariable in, int from, int to, int stride) {
        SDVariable weights =
                sd.var(
                        name,
                        Nd4j.randn(DataType.FLOAT, 3, 3, from, to).muli(Math.sqrt(0.1 / from)));
        return sd.cnn.conv2d(
                in,
                weights,
                Conv2DConfig.builder()
                        .kH(3)
                        .kW(3)
                        .sH(stride)
                        .sW(stride)
                        .paddingMode(PaddingMode.SAME)
                        .build());
    }
}
