"""Small models for the tests of the command, and values that ONNX Runtime computes with one.

    python make_models.py      # needs onnx, onnxruntime, numpy

tiny.onnx      a U-Net of two levels and two skips, [batch, 1, 8, 8], 5 classes of which the last means "no class"
dynamic.onnx   the same with open height and width
infinite.onnx  the same with an infinity in the weight mid.weight
plain.onnx     a network for images with a timestep, without skips
tiny.npz       inputs and output of tiny.onnx, batch 2
"""
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

CHANNELS, CLASSES = 4, 5


class Net:
    def __init__(self, height, width):
        self.random = np.random.default_rng(0)
        self.nodes, self.weights = [], []
        self.height, self.width = height, width

    def weight(self, name, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, output, *inputs, **attributes):
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=output, **attributes))
        return output

    def conv(self, name, x, cin, cout, stride=1):
        w = self.random.normal(0, (9 * cin) ** -0.5, (cout, cin, 3, 3)).astype(np.float32)
        b = self.random.normal(0, 0.1, cout).astype(np.float32)
        return self.node("Conv", name, x, self.weight(name + ".weight", w), self.weight(name + ".bias", b),
                         kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[stride, stride])

    def block(self, name, x, embedding, cin):
        h = self.node("Add", name + "_embedded", self.conv(name, x, cin, CHANNELS), embedding)
        return self.node("Mul", name + "_silu", h, self.node("Sigmoid", name + "_sigmoid", h))

    def embedding(self, classes):
        frequencies = self.weight("frequencies", np.array([[1.0, 0.01]], np.float32))
        time = self.node("Cast", "time", "timestep", to=TensorProto.FLOAT)
        column = self.node("Unsqueeze", "time_column", time, self.weight("one", np.array([1], np.int64)))
        angles = self.node("Mul", "angles", column, frequencies)
        waves = self.node("Concat", "waves", self.node("Sin", "sin", angles), self.node("Cos", "cos", angles), axis=1)
        e = waves
        if classes:
            table = self.weight("classes", self.random.normal(0, 0.5, (CLASSES, 4)).astype(np.float32))
            e = self.node("Add", "with_class", waves, self.node("Gather", "class", table, "class_labels", axis=0))
        return self.node("Unsqueeze", "embedding", e, self.weight("two_three", np.array([2, 3], np.int64)))

    def model(self, classes):
        size = ["batch", 1, self.height, self.width]
        inputs = [helper.make_tensor_value_info("sample", TensorProto.FLOAT, size),
                  helper.make_tensor_value_info("timestep", TensorProto.INT64, ["batch"])]
        if classes:
            inputs.append(helper.make_tensor_value_info("class_labels", TensorProto.INT64, ["batch"]))
        output = helper.make_tensor_value_info("out_sample", TensorProto.FLOAT, size)
        graph = helper.make_graph(self.nodes, "net", inputs, [output], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="make_models.py")
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model


def unet(height, width):
    net = Net(height, width)
    e = net.embedding(True)
    h0 = net.conv("conv_in", "sample", 1, CHANNELS)
    h1 = net.block("down", h0, e, CHANNELS)
    mid = net.block("mid", net.conv("downsample", h1, CHANNELS, CHANNELS, stride=2), e, CHANNELS)
    scales = net.weight("scales", np.array([1, 1, 2, 2], np.float32))
    up = net.node("Resize", "upsample", mid, "", scales, mode="nearest",
                  coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    u1 = net.block("up1", net.node("Concat", "merge1", up, h1, axis=1), e, 2 * CHANNELS)
    u0 = net.block("up0", net.node("Concat", "merge0", u1, h0, axis=1), e, 2 * CHANNELS)
    net.conv("out_sample", u0, CHANNELS, 1)
    return net.model(True)


def plain():
    net = Net(8, 8)
    h = net.block("first", "sample", net.embedding(False), 1)
    net.conv("out_sample", h, CHANNELS, 1)
    return net.model(False)


def main():
    tiny = unet(8, 8)
    onnx.save(tiny, "tiny.onnx")
    onnx.save(unet("height", "width"), "dynamic.onnx")
    onnx.save(plain(), "plain.onnx")
    random = np.random.default_rng(1)
    arrays = {"sample": random.standard_normal((2, 1, 8, 8)).astype(np.float32),
              "timestep": np.array([500, 500], np.int64), "class_labels": np.array([1, 4], np.int64)}
    session = onnxruntime.InferenceSession("tiny.onnx", providers=["CPUExecutionProvider"])
    np.savez("tiny.npz", **arrays, out_sample=session.run(None, arrays)[0])
    for weight in tiny.graph.initializer:
        if weight.name == "mid.weight":
            array = numpy_helper.to_array(weight).copy()
            array[0, 0, 0, 0] = np.inf
            weight.CopyFrom(numpy_helper.from_array(array, weight.name))
    onnx.save(tiny, "infinite.onnx")


if __name__ == "__main__":
    main()
