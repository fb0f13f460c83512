"""Writes the ONNX project's node cases into conformance.zip. Needs numpy and onnx (1.23).

Every case of `onnx.backend.test.case.node` is there, those of operators that nobody promised too.

    cases.tsv      one line a case: name, operator, kind, rtol, atol, operands, results
    models/*.onnx  the case's own model; operands that decide shapes have become initialisers
    data.npz       arrays, named after their contents: a case and its expansion share them

An operand or result is written NAME:TYPE:ARRAY. Half precisions are stored as float32, integers that
NumPy files and Java do not share as int64. ARRAY is `-` where a value is no tensor of numbers
(sequences, strings, 4-bit and 8-bit floats): such a case can only be refused. KIND says what is
promised: `required` (a promised operator, and no tensor is of another type than float32, double,
int32, int64, bool), `other-type`, `training`, or `other-operator`.
"""
import hashlib
import io
import os
import re
import warnings
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

warnings.filterwarnings("ignore")
from onnx.backend.test.case.node import collect_testcases  # noqa: E402  (it warns when it is loaded)

PROMISED = set("""
Conv ConvTranspose Gemm MatMul Einsum GroupNormalization InstanceNormalization LayerNormalization
RMSNormalization BatchNormalization Resize Upsample Softmax LogSoftmax Gelu Erf Sigmoid Swish HardSigmoid
HardSwish Mish Tanh Relu LeakyRelu PRelu Elu Selu Celu Softplus Add Sub Mul Div Pow Sqrt Reciprocal Exp Log
Sin Cos Neg Abs Floor Ceil Round Mod Min Max Sum Mean Clip Where And Or Not Equal Less Greater LessOrEqual
GreaterOrEqual Reshape Transpose Concat Split Slice Gather GatherND GatherElements ScatterND Shape Size
Unsqueeze Squeeze Flatten Expand Tile Cast CastLike Constant ConstantOfShape Range Pad ReduceMean ReduceSum
ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare ArgMax ArgMin
TopK CumSum Trilu DepthToSpace SpaceToDepth GlobalAveragePool AveragePool MaxPool Identity Dropout Attention
QuantizeLinear DequantizeLinear If
""".split())

REDUCTIONS = {op: (1,) for op in PROMISED if op.startswith("Reduce")}
SHAPE_OPERANDS = {
    **REDUCTIONS, "CenterCropPad": (1,), "ConstantOfShape": (0,), "CumSum": (1,), "Dropout": (1, 2), "Expand": (1,),
    "If": (0,), "Pad": (1, 3), "Range": (0, 1, 2), "Reshape": (1,), "Resize": (1, 2, 3), "Slice": (1, 2, 3, 4),
    "Split": (1,), "Squeeze": (1,), "Tile": (1,), "TopK": (1,), "Trilu": (1,), "Unsqueeze": (1,), "Upsample": (1,)}
REQUIRED_TYPES = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL}
HALVES = {TensorProto.FLOAT16, TensorProto.BFLOAT16}
WIDER = {"float16": np.float32, "bfloat16": np.float32, "int8": np.int64, "uint8": np.int64, "int16": np.int64,
         "uint16": np.int64, "uint32": np.int64, "uint64": np.int64}
LARGEST_OF_OTHERS = 250_000  # bytes; larger arrays are kept for promised operators only


def base(name):
    """The case that this one spells out in simpler operators, or the case itself."""
    return re.sub(r"_expanded(_ver\d+)?$", "", name)


def operators(cases):
    """The operator that each case is about."""
    own = {c.name: c.model.graph.node[-1].op_type for c in cases}
    return {name: own.get(base(name), own[name]) for name in own}


def element_type(value_info):
    kind = value_info.type.WhichOneof("value")
    return value_info.type.tensor_type.elem_type if kind == "tensor_type" else TensorProto.UNDEFINED


def put(archive, name, data, how=zipfile.ZIP_DEFLATED):
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, how, compresslevel=9)


class Arrays:
    """The entries of data.npz."""

    def __init__(self):
        self.bytes = io.BytesIO()
        self.zip = zipfile.ZipFile(self.bytes, "w")
        self.names = set()

    def add(self, value, largest):
        """The array's name, or `-`."""
        if isinstance(value, onnx.TensorProto) and value.data_type in REQUIRED_TYPES | HALVES:
            value = numpy_helper.to_array(value)
        if not isinstance(value, (np.ndarray, np.generic)) or value.nbytes > largest:
            return "-"
        array = np.asarray(value)
        array = array.astype(WIDER.get(str(array.dtype), array.dtype))
        if str(array.dtype) not in ("float32", "float64", "int32", "int64", "bool"):
            return "-"
        data = io.BytesIO()
        np.save(data, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
        name = hashlib.sha256(data.getvalue()).hexdigest()[:12]
        if name not in self.names:
            self.names.add(name)
            put(self.zip, name + ".npy", data.getvalue())
        return name

    def close(self):
        self.zip.close()
        return self.bytes.getvalue()


def fix_shapes(model, operator, values):
    """Makes operands that decide shapes initialisers; returns the inputs that are left."""
    left = []
    for place, info in enumerate(list(model.graph.input)):
        value = values[place]
        if place in SHAPE_OPERANDS.get(operator, ()) and isinstance(value, (np.ndarray, np.generic)):
            model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), info.name))
            model.graph.input.remove(info)
        else:
            left.append((info, value))
    return left


def kind(operator, name, types):
    if operator not in PROMISED:
        return "other-operator"
    if "train" in name:
        return "training"
    return "required" if types <= REQUIRED_TYPES else "other-type"


def write(case, operator, out, arrays):
    model = onnx.ModelProto.FromString(case.model.SerializeToString())
    inputs, results = case.data_sets[0]
    graph = model.graph
    types = {element_type(info) for info in list(graph.input) + list(graph.output)}
    operands = fix_shapes(model, operator, list(inputs))
    largest = 10**9 if operator in PROMISED else LARGEST_OF_OTHERS

    def described(pairs):
        return " ".join(f"{info.name}:{TensorProto.DataType.Name(element_type(info))}:{arrays.add(value, largest)}"
                        for info, value in pairs)

    put(out, f"models/{case.name}.onnx", model.SerializeToString())
    return "\t".join([case.name, operator, kind(operator, case.name, types), str(case.rtol), str(case.atol),
                      described(operands), described(zip(graph.output, results))])


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    cases = sorted(collect_testcases(None), key=lambda case: case.name)
    about = operators(cases)
    arrays = Arrays()
    with zipfile.ZipFile(os.path.join(folder, "conformance.zip"), "w") as out:
        lines = [write(case, about[case.name], out, arrays) for case in cases]
        put(out, "cases.tsv", "\n".join(lines) + "\n")
        put(out, "data.npz", arrays.close(), zipfile.ZIP_STORED)
    print(len(cases), "cases")


main()
