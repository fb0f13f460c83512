"""Writes the graph of a simplified ONNX file in the text form of GraphText, operations renamed to ND4J's.

Only what skip finding and MAC counting look at is kept: operands, shapes, and the integer arguments of convolutions,
concatenations and matrix products. Composite operators (group normalisation, softmax ...) keep a lower-case name of their own.
Usage: onnx_to_text.py IN.onnx OUT.txt ['# comment' ...]        needs: onnx; IN.onnx simplified by onnxsim with fixed input shapes
"""
import re, sys
import onnx
from onnx import shape_inference

TYPES = {1: "FLOAT", 6: "INT", 7: "LONG", 9: "BOOL", 10: "HALF", 11: "DOUBLE"}
NAMES = {"Add": "add", "Mul": "multiply", "Div": "divide", "Sub": "subtract", "Concat": "concat", "Conv": "conv2d", "MatMul": "matmul", "Gemm": "xw_plus_b",
         "Resize": "upsampling2d", "AveragePool": "avgpool2d", "MaxPool": "maxpool2d", "Transpose": "permute", "Slice": "strided_slice"}
model = shape_inference.infer_shapes(onnx.load(sys.argv[1]))
graph, known = model.graph, {}
for v in [*graph.input, *graph.output, *graph.value_info]:
    known[v.name] = (TYPES[v.type.tensor_type.elem_type], [d.dim_value for d in v.type.tensor_type.shape.dim])
for i in graph.initializer: known[i.name] = (TYPES[i.data_type], list(i.dims))
short = {}


def name(tensor):
    if tensor not in short: short[tensor] = tensor if tensor in inputs or tensor in outputs else f"v{len(short)}"
    return short[tensor]


def typed(tensor): return f"{name(tensor)} {known[tensor][0]} {'x'.join(map(str, known[tensor][1])) or 'scalar'}"


inputs, outputs = [v.name for v in graph.input if v.name not in {i.name for i in graph.initializer}], [v.name for v in graph.output]
constants, lines, declared = {i.name for i in graph.initializer}, [], set()
lines += [f"input {typed(i)}" for i in inputs]
for node in graph.node:
    if node.op_type == "Constant":
        constants.add(node.output[0]); t = node.attribute[0].t; known[node.output[0]] = (TYPES[t.data_type], list(t.dims)); continue
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    operands = [i for i in node.input if i]
    if node.op_type == "Resize": operands = operands[:1]
    for i in operands:
        if i in constants and i not in declared: declared.add(i); lines.append(f"const {typed(i)}")
    integers = []
    if node.op_type == "Conv":
        k, s, p = attributes["kernel_shape"], attributes.get("strides", [1, 1]), attributes.get("pads", [0] * 4)
        integers = [*k, *s, *p[:2], *attributes.get("dilations", [1, 1]), 0, 0, 1]
    if node.op_type == "Concat": integers = [attributes["axis"]]
    if node.op_type == "Gemm": integers = [attributes.get("transA", 0), attributes.get("transB", 0)]
    if node.op_type == "Transpose": integers = attributes["perm"]
    op = NAMES.get(node.op_type, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.op_type).lower())
    arguments = f" [{','.join(map(str, integers))}]" if integers else ""
    lines.append(f"{', '.join(map(typed, node.output))} = {op}({', '.join(map(name, operands))}){arguments}")
lines += [f"output {o}" for o in outputs]
open(sys.argv[2], "w").write("\n".join(sys.argv[3:] + lines) + "\n")
