"""Makes structure.zip: local functions and conditionals. Needs numpy, onnx, onnxruntime."""
import os

import numpy as np
import onnx
from golden_zip import Zip, node
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(31)
out = Zip(os.path.join(os.path.dirname(os.path.abspath(__file__)), "structure.zip"))
X = {"x": random.standard_normal((2, 3)).astype(np.float32)}
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)]


def attribute_of_call(n, name, outer, kind):
    reference = onnx.AttributeProto(name=name, ref_attr_name=outer, type=kind)
    n.attribute.append(reference)
    return n


def function(name, inputs, outputs, nodes, attributes=(), defaults=(), opsets=None):
    f = helper.make_function("mine", name, inputs, outputs, nodes, opsets or OPSETS, list(attributes))
    f.attribute_proto.extend(helper.make_attribute(k, v) for k, v in defaults)
    return f


def called(name, nodes, functions, constants=None, outputs=("y",), refusal=None):
    constants = constants or {}
    graph = helper.make_graph(nodes, "case", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3])],
                              [helper.make_tensor_value_info(o, TensorProto.FLOAT, [2, 3]) for o in outputs],
                              [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=OPSETS, functions=functions, ir_version=8)
    if refusal:
        out.model_refused(name, model, refusal)
    else:
        out.model(name, model, X)


leaky = attribute_of_call(helper.make_node("LeakyRelu", ["a"], ["b"]), "alpha", "slope", onnx.AttributeProto.FLOAT)
called("function", [helper.make_node("twice", ["x"], ["y"], domain="mine")],
       [function("twice", ["a"], ["c"], [helper.make_node("Add", ["a", "a"], ["b"]), helper.make_node("Neg", ["b"], ["c"])])])
called("function_called_twice", [helper.make_node("f", ["x"], ["b"], domain="mine"), helper.make_node("f", ["b"], ["y"], domain="mine")],
       [function("f", ["a"], ["c"], [helper.make_node("Exp", ["a"], ["b"]), helper.make_node("Neg", ["b"], ["c"])])])
called("function_attribute", [helper.make_node("f", ["x"], ["y"], domain="mine", slope=0.3)], [function("f", ["a"], ["b"], [leaky], ["slope"])])
called("function_default", [helper.make_node("f", ["x"], ["y"], domain="mine")], [function("f", ["a"], ["b"], [leaky], defaults=[("slope", 0.4)])])
called("function_in_function", [helper.make_node("g", ["x"], ["y"], domain="mine")],
       [function("g", ["a"], ["b"], [helper.make_node("f", ["a"], ["t"], domain="mine"), helper.make_node("Add", ["t", "a"], ["b"])]),
        function("f", ["t"], ["a"], [helper.make_node("Neg", ["t"], ["b"]), helper.make_node("Exp", ["b"], ["a"])])])
called("function_of_itself", [helper.make_node("f", ["x"], ["y"], domain="mine")],
       [function("f", ["a"], ["b"], [helper.make_node("f", ["a"], ["b"], domain="mine")])], refusal="call each other")
called("function_opset", [helper.make_node("f", ["x"], ["y"], domain="mine")],
       [function("f", ["a"], ["b"], [helper.make_node("Neg", ["a"], ["b"])], opsets=[helper.make_opsetid("", 11)])], refusal="opset 11")


def branch(name, nodes, output, constants=None):
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, [2, 3])],
                             [numpy_helper.from_array(v, k) for k, v in (constants or {}).items()])


yes = branch("yes", [helper.make_node("Neg", ["x"], ["t"]), helper.make_node("Mul", ["t", "k"], ["r"])], "r", {"k": np.float32(3)})
no = branch("no", [helper.make_node("Exp", ["h"], ["t"]), helper.make_node("Identity", ["t"], ["r"])], "r")
for condition in (True, False):
    called(f"if_{condition}", [helper.make_node("If", ["c"], ["y"], then_branch=yes, else_branch=no), helper.make_node("Abs", ["x"], ["h"])][::-1], [],
           {"c": np.array(condition)})
shape = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Gather", ["s", "zero"], ["n"]), helper.make_node("Equal", ["n", "two"], ["c"]), helper.make_node("Abs", ["x"], ["h"])]
called("if_size", shape + [helper.make_node("If", ["c"], ["y"], then_branch=yes, else_branch=no)], [], {"zero": np.int64(0), "two": np.int64(2)})
inner = branch("inner", [helper.make_node("If", ["d"], ["q"], then_branch=yes, else_branch=no)], "q")
called("if_in_if", [helper.make_node("Abs", ["x"], ["h"]), helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=no)], [],
       {"c": np.array(True), "d": np.array(False)})
called("if_twice", [helper.make_node("Abs", ["x"], ["h"]), helper.make_node("If", ["c"], ["u"], then_branch=yes, else_branch=no),
                    helper.make_node("If", ["d"], ["v"], then_branch=yes, else_branch=no), helper.make_node("Add", ["u", "v"], ["y"])], [],
       {"c": np.array(True), "d": np.array(False)})
called("if_run_time", [helper.make_node("Abs", ["x"], ["h"]), helper.make_node("ReduceSum", ["x"], ["s"], keepdims=0), helper.make_node("Less", ["s", "zero"], ["c"]),
                       helper.make_node("If", ["c"], ["y"], then_branch=yes, else_branch=no)], [], {"zero": np.float32(0)}, refusal="computed at run time")
called("if_of_function", [helper.make_node("If", ["c"], ["y"], then_branch=branch("f", [helper.make_node("f", ["x"], ["r"], domain="mine")], "r"), else_branch=branch("g", [helper.make_node("Neg", ["x"], ["r"])], "r"))],
       [function("f", ["a"], ["c"], [helper.make_node("Exp", ["a"], ["b"]), helper.make_node("Neg", ["b"], ["c"])])], {"c": np.array(True)})
called("function_of_if", [helper.make_node("f", ["x", "c"], ["y"], domain="mine")],
       [function("f", ["a", "d"], ["e"], [helper.make_node("Exp", ["a"], ["t"]), helper.make_node("If", ["d"], ["e"], then_branch=branch("g", [helper.make_node("Neg", ["t"], ["r"])], "r"), else_branch=branch("h", [helper.make_node("Abs", ["t"], ["r"])], "r"))])],
       {"c": np.array(True)})
out.close()
