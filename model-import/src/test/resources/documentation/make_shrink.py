"""Makes shrink.onnx for docs/adding-an-operator.md. Needs onnx."""
import os

import onnx
from onnx import TensorProto, helper

node = helper.make_node("Shrink", ["x"], ["y"], lambd=1.5, bias=1.0)
graph = helper.make_graph([node], "shrink", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [5])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, [5])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)
onnx.save(model, os.path.join(os.path.dirname(os.path.abspath(__file__)), "shrink.onnx"))
