// SPDX-License-Identifier: Apache-2.0
package io.github.deepcache4j.testing;

import io.github.deepcache4j.graph.Shape;
import io.github.deepcache4j.plan.CachePlan;
import io.github.deepcache4j.unet.Step;
import io.github.deepcache4j.unet.UNet;
import io.github.deepcache4j.unet.UNetPorts;
import io.github.deepcache4j.unet.UNetPorts.Port;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A U-Net of three levels, written by hand: concatenated skips {@code down0} and {@code down1}, a
 * time embedding of sines and cosines, a class label. Seeded; NCHW or NHWC inside and outside.
 */
public final class HandWrittenUNet {

    private static final int SIZE = 8;
    private static final int EMBEDDING = 16;

    private final SameDiff sd = SameDiff.create();
    private final Random random = new Random(11);
    private final boolean nchw;
    private final int batch;

    private HandWrittenUNet(boolean nchw, int batch) {
        this.nchw = nchw;
        this.batch = batch;
    }

    public static UNet nchw(int batch) {
        return new HandWrittenUNet(true, batch).build();
    }

    public static UNet nhwc(int batch) {
        return new HandWrittenUNet(false, batch).build();
    }

    /** The graph alone, with any batch; inputs x, t, label; output eps. */
    public static SameDiff anyBatch() {
        HandWrittenUNet unet = new HandWrittenUNet(true, -1);
        unet.graph();
        return unet.sd;
    }

    /** Branch 0 caches the upsampled tensor before the last merge, branch 1 the one before. */
    public static CachePlan plan(UNet unet, int branch) {
        return plan(unet.graph().value("up" + branch).shape(), branch);
    }

    public static CachePlan plan(Shape boundary, int branch) {
        return new CachePlan(
                branch,
                "merge" + branch,
                "down" + branch,
                "up" + branch,
                boundary,
                "eps",
                1000,
                branch == 0 ? 250 : 500);
    }

    /** Seeded standard normal sample of the port's shape. */
    public static INDArray sample(UNet unet, long seed) {
        return normal(new Random(seed), 1, unet.ports().sample().shape().toArray());
    }

    public static Step step(UNet unet, int index, double timestep) {
        INDArray labels = Nd4j.zeros(DataType.INT, unet.ports().batch()).addi(2);
        return Step.of(index, timestep).withConditions(Map.of("label", labels));
    }

    /** Inputs of the graph by name, for stock SameDiff. */
    public static Map<String, INDArray> inputs(INDArray x, double timestep) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        inputs.put("x", x);
        inputs.put("t", Nd4j.scalar(DataType.FLOAT, timestep).reshape(1));
        inputs.put("label", Nd4j.zeros(DataType.INT, x.size(0)).addi(2));
        return inputs;
    }

    private UNet build() {
        graph();
        Shape image = Shape.of(image(3));
        return UNet.of(
                sd,
                new UNetPorts(
                        new Port("x", DataType.FLOAT, image),
                        new Port("t", DataType.FLOAT, Shape.of(1)),
                        List.of(new Port("label", DataType.INT, Shape.of(batch))),
                        new Port("eps", DataType.FLOAT, image)));
    }

    private void graph() {
        SDVariable x = sd.placeHolder("x", DataType.FLOAT, image(3));
        SDVariable t = sd.placeHolder("t", DataType.FLOAT, 1);
        SDVariable label = sd.placeHolder("label", DataType.INT, batch);
        SDVariable angles = t.reshape(1, 1).mul(sd.constant("frequencies", frequencies()));
        SDVariable waves = sd.concat(1, sd.math().sin(angles), sd.math().cos(angles));
        SDVariable classes = sd.gather(weight("classes", 0.5, 5, EMBEDDING), label, 0);
        SDVariable embedding = silu(classes.add(linear("time", waves, EMBEDDING, EMBEDDING)));

        SDVariable down0 = block("down0", conv("in", x, 3, 6), embedding, 6, 6);
        SDVariable down1 = block("down1", pool(down0), embedding, 6, 8);
        SDVariable middle = block("middle", pool(down1), embedding, 8, 8);
        SDVariable up1 = upsample("up1", middle);
        SDVariable merge1 = sd.concat("merge1", channelAxis(), up1, down1);
        SDVariable up0 = upsample("up0", block("dec1", merge1, embedding, 16, 6));
        SDVariable merge0 = sd.concat("merge0", channelAxis(), up0, down0);
        SDVariable last = block("dec0", merge0, embedding, 12, 6);
        conv("eps", last, 6, 3);
    }

    private SDVariable block(String name, SDVariable x, SDVariable embedding, int in, int out) {
        SDVariable h = silu(conv(name + "/conv1", x, in, out));
        SDVariable shift = linear(name + "/shift", embedding, EMBEDDING, out);
        h = h.add(nchw ? shift.reshape(-1, out, 1, 1) : shift.reshape(-1, 1, 1, out));
        h = conv(name + "/conv2", silu(h), out, out);
        return h.add(name, conv(name + "/residual", x, in, out));
    }

    private SDVariable conv(String name, SDVariable x, int in, int out) {
        SDVariable w =
                nchw
                        ? weight(name + "/w", 0.2, out, in, 3, 3)
                        : weight(name + "/w", 0.2, 3, 3, in, out);
        SDVariable b = weight(name + "/b", 0.1, out);
        Conv2DConfig config =
                Conv2DConfig.builder()
                        .kH(3)
                        .kW(3)
                        .paddingMode(PaddingMode.SAME)
                        .dataFormat(nchw ? "NCHW" : "NHWC")
                        .weightsFormat(nchw ? WeightsFormat.OIYX : WeightsFormat.YXIO)
                        .build();
        return sd.cnn().conv2d(name, x, w, b, config);
    }

    private SDVariable linear(String name, SDVariable x, int in, int out) {
        return x.mmul(weight(name + "/w", 0.3, in, out)).add(weight(name + "/b", 0.1, out));
    }

    private SDVariable pool(SDVariable x) {
        return sd.cnn()
                .avgPooling2d(
                        x, Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).isNHWC(!nchw).build());
    }

    private SDVariable upsample(String name, SDVariable x) {
        return sd.cnn().upsampling2d(name, x, 2, 2, nchw);
    }

    private SDVariable silu(SDVariable x) {
        return x.mul(sd.nn().sigmoid(x));
    }

    private SDVariable weight(String name, double scale, long... shape) {
        return sd.var(name, normal(random, scale, shape));
    }

    private static INDArray frequencies() {
        float[] frequencies = new float[EMBEDDING / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.exp(-Math.log(1000) * i / frequencies.length);
        }
        return Nd4j.createFromArray(new float[][] {frequencies});
    }

    private static INDArray normal(Random random, double scale, long... shape) {
        INDArray array = Nd4j.create(DataType.FLOAT, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, scale * random.nextGaussian());
        }
        return array;
    }

    private int channelAxis() {
        return nchw ? 1 : 3;
    }

    private long[] image(int channels) {
        return nchw
                ? new long[] {batch, channels, SIZE, SIZE}
                : new long[] {batch, SIZE, SIZE, channels};
    }
}
