"""Writes hostile.zip: valid.onnx, a small model that mutations start from, and files that are wrong on purpose.

Each wrong file NAME.onnx comes with NAME.txt, which the import's error must contain (empty: any error of one line will do).
Usage: make_hostile.py (onnx, numpy)
"""
import io, pathlib, zipfile
import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto as T, helper as h, numpy_helper as nh

rng = np.random.default_rng(0)
files = {}
f32 = lambda *s: rng.standard_normal(s).astype(np.float32)


def model(nodes, inits=(), inputs=(("x", [1, 4, 8, 8]),), outputs=("y",), opset=17):
    graph = h.make_graph(nodes, "g", [h.make_tensor_value_info(n, T.FLOAT, s) for n, s in inputs], [h.make_tensor_value_info(o, T.FLOAT, None) for o in outputs], [nh.from_array(np.asarray(a), n) for n, a in inits])
    return h.make_model(graph, opset_imports=[h.make_opsetid("", opset)], ir_version=8)


def wrong(name, says, made):
    files[name + ".onnx"] = made if isinstance(made, bytes) else made.SerializeToString()
    files[name + ".txt"] = says.encode()


def i64(*v): return np.array(v, np.int64)


N = h.make_node
# A bit of everything that U-Nets hold, so that a mutation can hit any of it.
valid = model([
    N("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
    N("Reshape", ["c", "s3"], ["r"]), N("InstanceNormalization", ["r", "is", "ib"], ["n"], epsilon=1e-5),
    N("Shape", ["c"], ["sh"]), N("Reshape", ["n", "sh"], ["nr"]), N("Mul", ["nr", "ga"], ["nm"]), N("Add", ["nm", "be"], ["na"]),
    N("Sigmoid", ["na"], ["sg"]), N("Mul", ["na", "sg"], ["si"]),
    N("Reshape", ["si", "seq"], ["q0"]), N("Transpose", ["q0"], ["q"], perm=[0, 2, 1]), N("MatMul", ["q", "wq"], ["qq"]),
    N("Transpose", ["qq"], ["kt"], perm=[0, 2, 1]), N("MatMul", ["qq", "kt"], ["sc"]), N("Softmax", ["sc"], ["at"], axis=-1), N("MatMul", ["at", "qq"], ["o"]),
    N("Slice", ["o", "st", "en", "ax"], ["sl"]), N("Split", ["o"], ["p0", "p1"], axis=2), N("Concat", ["p1", "p0", "sl"], ["cc"], axis=2),
    N("ReduceMean", ["cc"], ["rm"], axes=[-1], keepdims=1), N("Gather", ["table", "ix"], ["ga0"], axis=0), N("Gemm", ["ga0", "wg", "bg"], ["ge"], transB=1),
    N("Range", ["zero", "eight", "one"], ["ra"]), N("Cast", ["ra"], ["rf"], to=1), N("ConstantOfShape", ["cs"], ["on"], value=h.make_tensor("v", T.FLOAT, [1], [2.0])),
    N("Expand", ["rf", "es"], ["ex"]), N("Where", ["cond", "ex", "on"], ["wh"]), N("Unsqueeze", ["wh", "ua"], ["u"]), N("Pad", ["u", "pd"], ["pp"]),
    N("Resize", ["nr", "", "rs"], ["up"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    N("AveragePool", ["up"], ["ap"], kernel_shape=[2, 2], strides=[2, 2]), N("Add", ["ap", "pp"], ["a1"]), N("Squeeze", ["rm", "sa"], ["sq"]), N("Reshape", ["sq", "sr"], ["s4"]), N("Mul", ["a1", "s4"], ["a2"]),
    N("Constant", [], ["k"], value=h.make_tensor("k", T.FLOAT, [1, 4, 1, 1], [1, 2, 3, 4])), N("Div", ["a2", "k"], ["a3"]), N("Flatten", ["ge"], ["gf"]), N("Reshape", ["gf", "gs"], ["gr"]), N("Add", ["a3", "gr"], ["y"]),
], [("w", f32(4, 4, 3, 3)), ("b", f32(4)), ("s3", i64(0, 2, -1)), ("is", np.ones(2, np.float32)), ("ib", np.zeros(2, np.float32)), ("ga", f32(4, 1, 1)), ("be", f32(4, 1, 1)), ("seq", i64(1, 4, 64)), ("wq", f32(4, 4)),
    ("st", i64(0)), ("en", i64(2)), ("ax", i64(2)), ("table", f32(5, 4)), ("ix", i64(1, -1)), ("wg", f32(2, 4)), ("bg", f32(2)), ("zero", np.int64(0)), ("eight", np.int64(8)), ("one", np.int64(1)), ("cs", i64(8, 8)), ("es", i64(8, 8)),
    ("cond", rng.random((8, 8)) < .5), ("ua", i64(0, 1)), ("pd", i64(0, 0, 0, 0, 0, 0, 0, 0)), ("rs", np.array([1, 1, 2, 2], np.float32)), ("sa", i64(2)), ("sr", i64(1, 1, 8, 8)), ("gs", i64(1, 4, 1, 1))])
files["valid.onnx"] = valid.SerializeToString()


def tensor(name, dims, raw, dtype=T.FLOAT):
    t = T(); t.name = name; t.dims.extend(dims); t.data_type = dtype; t.raw_data = raw
    return t


def with_initializer(*tensors, node=None):
    m = model([node or N("Add", ["x", "w"], ["y"])]); m.graph.initializer.extend(tensors)
    return m


def with_input(dims):
    m = model([N("Relu", ["x"], ["y"])])
    shape = m.graph.input[0].type.tensor_type.shape
    for i, d in enumerate(dims): shape.dim[i].dim_value = d
    return m


# Graphs
wrong("cycle", "is part of a cycle", model([N("Add", ["x", "b"], ["a"], name="first"), N("Relu", ["a"], ["b"]), N("Relu", ["b"], ["y"])]))
wrong("own_input", "is part of a cycle", model([N("Add", ["x", "y"], ["y"])]))
wrong("missing_input", "[nowhere], which nothing produces", model([N("Add", ["x", "nowhere"], ["y"])]))
wrong("missing_output", "the output y is never produced", model([N("Relu", ["x"], ["z"])]))
wrong("produced_twice", "the tensor y is produced twice", model([N("Relu", ["x"], ["y"]), N("Tanh", ["x"], ["y"])]))
wrong("produces_input", "the tensor x is produced twice", model([N("Relu", ["x"], ["x"]), N("Relu", ["x"], ["y"])]))
wrong("same_output_twice", "the tensor y is produced twice", model([N("Split", ["x"], ["y", "y"], axis=1)]))
wrong("two_initializers", "two initialisers named w", with_initializer(nh.from_array(f32(1), "w"), nh.from_array(f32(1), "w")))
wrong("two_inputs", "two inputs named x", model([N("Relu", ["x"], ["y"])], inputs=(("x", [1]), ("x", [2]))))
wrong("no_output_name", "no first output", model([N("Relu", ["x"], [""])]))
wrong("no_operands", "operand 0 is missing", model([N("Relu", [], ["y"])]))
wrong("no_outputs", "has no outputs", model([N("Relu", ["x"], ["y"])], outputs=()))
wrong("unknown_operator", "operator has no SameDiff mapping", model([N("Frobnicate", ["x"], ["y"])]))
wrong("no_opset", "declares no opset", (lambda m: (m.ClearField("opset_import"), m)[1])(model([N("Relu", ["x"], ["y"])])))
wrong("future_opset", "opset 49", model([N("Relu", ["x"], ["y"])], opset=49))
wrong("resize_rounding", "nearest_mode=flo3r", model([N("Resize", ["x", "", "s"], ["y"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="flo3r")], [("s", np.array([1, 1, 2, 2], np.float32))]))
wrong("no_graph", "no graph", (lambda m: (m.ClearField("graph"), m)[1])(model([N("Relu", ["x"], ["y"])])))
wrong("sequence_input", "not a tensor", (lambda m: (m.graph.input[0].type.sequence_type.elem_type.tensor_type.__setattr__("elem_type", 1), m)[1])(model([N("Relu", ["x"], ["y"])])))
# Ranks and sizes
wrong("matmul_sizes", "MatMul", model([N("MatMul", ["x", "w"], ["y"])], [("w", f32(3, 3))]))
wrong("conv_rank", "Conv", model([N("Conv", ["x", "w"], ["y"])], [("w", f32(4, 4))]))
wrong("conv_channels", "Conv", model([N("Conv", ["x", "w"], ["y"])], [("w", f32(4, 3, 3, 3))]))
wrong("conv_bias", "Conv", model([N("Conv", ["x", "w", "b"], ["y"])], [("w", f32(4, 4, 1, 1)), ("b", f32(3))]))
wrong("conv_pads", "Conv", model([N("Conv", ["x", "w"], ["y"], pads=[1])], [("w", f32(4, 4, 3, 3))]))
wrong("conv_negative_pads", "Conv", model([N("Conv", ["x", "w"], ["y"], pads=[-9, -9, -9, -9])], [("w", f32(4, 4, 3, 3))]))
wrong("conv_zero_stride", "Conv", model([N("Conv", ["x", "w"], ["y"], strides=[0, 0])], [("w", f32(4, 4, 3, 3))]))
wrong("conv_one_stride", "Conv", model([N("Conv", ["x", "w"], ["y"], strides=[1])], [("w", f32(4, 4, 3, 3))]))
wrong("conv_huge_pads", "Conv", model([N("Conv", ["x", "w"], ["y"], pads=[1 << 40] * 4)], [("w", f32(4, 4, 3, 3))]))
wrong("conv_huge_dilation", "Conv", model([N("Conv", ["x", "w"], ["y"], dilations=[1 << 30, 1 << 30])], [("w", f32(4, 4, 3, 3))]))
wrong("conv_kernel_beyond", "Conv", model([N("Conv", ["x", "w"], ["y"])], [("w", f32(4, 4, 9, 9))]))
wrong("conv_zero_group", "Conv", model([N("Conv", ["x", "w"], ["y"], group=0)], [("w", f32(4, 4, 1, 1))]))
wrong("pool_zero_kernel", "AveragePool", model([N("AveragePool", ["x"], ["y"], kernel_shape=[0, 0])]))
wrong("pool_zero_stride", "MaxPool", model([N("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], strides=[0, 0])]))
wrong("pool_kernel_beyond", "MaxPool", model([N("MaxPool", ["x"], ["y"], kernel_shape=[99, 99])]))
wrong("pool_one_kernel", "MaxPool", model([N("MaxPool", ["x"], ["y"], kernel_shape=[2])]))
wrong("add_sizes", "Add", model([N("Add", ["x", "w"], ["y"])], [("w", f32(3))]))
wrong("instance_norm_scale", "InstanceNormalization", model([N("InstanceNormalization", ["x", "w", "w"], ["y"])], [("w", f32(3))]))
wrong("layer_norm_scale", "LayerNormalization", model([N("LayerNormalization", ["x", "w", "w"], ["y"])], [("w", f32(3))]))
wrong("batch_norm_variance", "BatchNormalization", model([N("BatchNormalization", ["x", "w", "w", "w", "v"], ["y"])], [("w", f32(4)), ("v", f32(2))]))
wrong("group_norm_zero_groups", "GroupNormalization", model([N("GroupNormalization", ["x", "w", "w"], ["y"], num_groups=0)], [("w", f32(4))], opset=21))
wrong("reshape_sizes", "Reshape", model([N("Reshape", ["x", "s"], ["y"])], [("s", i64(3, -1))]))
wrong("reshape_negative", "Reshape", model([N("Reshape", ["x", "s"], ["y"])], [("s", i64(-2, 4))]))
wrong("reshape_overflow", "Reshape", model([N("Reshape", ["x", "s"], ["y"])], [("s", i64(1 << 32, 1 << 32, 256))]))
wrong("transpose_twice", "Transpose", model([N("Transpose", ["x"], ["y"], perm=[0, 1, 1, 2])]))
wrong("transpose_short", "Transpose", model([N("Transpose", ["x"], ["y"], perm=[1, 0])]))
wrong("transpose_beyond", "Transpose", model([N("Transpose", ["x"], ["y"], perm=[0, 1, 2, 1 << 33])]))
wrong("concat_axis", "Concat", model([N("Concat", ["x", "x"], ["y"], axis=7)]))
wrong("concat_sizes", "Concat", model([N("Concat", ["x", "w"], ["y"], axis=1)], [("w", f32(1, 4, 7, 8))]))
wrong("concat_ranks", "Concat", model([N("Concat", ["x", "w"], ["y"], axis=1)], [("w", f32(4, 8))]))
wrong("split_sizes", "Split", model([N("Split", ["x", "s"], ["a", "y"], axis=1)], [("s", i64(-1, 5))]))
wrong("split_axis", "Split", model([N("Split", ["x"], ["a", "y"], axis=-9)]))
wrong("slice_zero_step", "Slice", model([N("Slice", ["x", "a", "b", "c", "d"], ["y"])], [("a", i64(0)), ("b", i64(8)), ("c", i64(2)), ("d", i64(0))]))
wrong("slice_axes_missing", "Slice", model([N("Slice", ["x", "a", "b", "c"], ["y"])], [("a", i64(0)), ("b", i64(8)), ("c", i64(2, 3))]))
wrong("slice_huge_step", "", model([N("Slice", ["x", "a", "b", "c", "d"], ["z"]), N("Reshape", ["z", "e"], ["y"])], [("a", i64(0)), ("b", i64(8)), ("c", i64(2)), ("d", i64(-(1 << 63))), ("e", i64(7))]))
wrong("gather_beyond", "index 9 is outside", model([N("Gather", ["x", "i"], ["y"], axis=1)], [("i", i64(9))]))
wrong("gather_folded_beyond", "index -6 is outside", model([N("Gather", ["t", "i"], ["g"]), N("Add", ["x", "g"], ["y"])], [("t", f32(5)), ("i", i64(-6))]))
wrong("gather_float_indices", "Gather", model([N("Gather", ["x", "i"], ["y"])], [("i", f32(1))]))
wrong("softmax_axis", "Softmax", model([N("Softmax", ["x"], ["y"], axis=4)]))
wrong("reduce_axis", "ReduceMean", model([N("ReduceMean", ["x"], ["y"], axes=[99])]))
wrong("unsqueeze_axis", "Unsqueeze", model([N("Unsqueeze", ["x", "a"], ["y"])], [("a", i64(99))]))
wrong("pad_short", "Pad", model([N("Pad", ["x", "p"], ["y"])], [("p", i64(1, 1))]))
wrong("resize_zero", "Resize", model([N("Resize", ["x", "", "s"], ["y"], mode="nearest")], [("s", np.array([1, 1, 0, 0], np.float32))]))
wrong("resize_short", "Resize", model([N("Resize", ["x", "", "s"], ["y"], mode="nearest")], [("s", np.array([2], np.float32))]))
wrong("resize_nan", "Resize", model([N("Resize", ["x", "", "s"], ["y"], mode="nearest")], [("s", np.array([1, 1, np.nan, np.inf], np.float32))]))
wrong("cast_type", "Cast", model([N("Cast", ["x"], ["y"], to=999)]))
wrong("attribute_type", "axis", model([N("Concat", ["x", "x"], ["y"], axis="one")]))
wrong("axes_of_rank_40", "", model([N("Reshape", ["x", "s"], ["z"]), N("Relu", ["z"], ["y"])], [("s", i64(*[1] * 39, 256))]))
# A few bytes that ask for much memory or time
wrong("fill_gigabytes", "too large", model([N("ConstantOfShape", ["s"], ["c"]), N("Add", ["x", "c"], ["y"])], [("s", i64(1 << 15, 1 << 15))]))
wrong("fill_overflow", "too large", model([N("ConstantOfShape", ["s"], ["c"]), N("Add", ["x", "c"], ["y"])], [("s", i64(1 << 40, 1 << 40, 1 << 40))]))
wrong("fill_negative", "ConstantOfShape", model([N("ConstantOfShape", ["s"], ["c"]), N("Add", ["x", "c"], ["y"])], [("s", i64(-5))]))
wrong("fill_often", "too large", model([*[N("ConstantOfShape", ["s"], [f"c{i}"]) for i in range(40)], N("Sum", [f"c{i}" for i in range(40)], ["c"]), N("Add", ["x", "c0"], ["y"])][:40] + [N("Add", ["x", "c0"], ["y"])], [("s", i64(1 << 12, 1 << 12))]))
wrong("range_long", "too large", model([N("Range", ["a", "b", "c"], ["r"]), N("Cast", ["r"], ["f"], to=1), N("Add", ["x", "f"], ["y"])], [("a", np.int64(0)), ("b", np.int64(1 << 62)), ("c", np.int64(1))]))
wrong("range_nan", "too large", model([N("Range", ["a", "b", "c"], ["r"]), N("Add", ["x", "r"], ["y"])], [("a", np.float32(0)), ("b", np.float32(np.inf)), ("c", np.float32(1))]))
wrong("expand_gigabytes", "too large", model([N("Expand", ["w", "s"], ["e"]), N("Add", ["x", "e"], ["y"])], [("w", f32(1)), ("s", i64(1 << 14, 1 << 16))]))
wrong("expand_beyond_int", "Expand", model([N("Expand", ["w", "s"], ["e"]), N("Add", ["x", "e"], ["y"])], [("w", f32(1)), ("s", i64(1 << 40))]))
wrong("pad_gigabytes", "too large", model([N("Pad", ["w", "p"], ["e"]), N("Add", ["x", "e"], ["y"])], [("w", f32(1)), ("p", i64(1 << 29, 0))]))
wrong("pad_at_run_time", "too large", model([N("Pad", ["x", "p"], ["y"])], [("p", i64(0, 0, 1 << 30, 1 << 30, 0, 0, 0, 0))]))
wrong("resize_at_run_time", "too large", model([N("Resize", ["x", "", "s"], ["y"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")], [("s", np.array([1, 1, 65536, 65536], np.float32))]))
wrong("doubling", "too large", model([N("Concat", ["w", "w"], ["e0"], axis=0), *[N("Concat", [f"e{i}", f"e{i}"], [f"e{i+1}"], axis=0) for i in range(60)], N("Add", ["x", "e60"], ["y"])], [("w", f32(1))]))
wrong("slow_product", "too", model([N("ConstantOfShape", ["s"], ["a"]), N("MatMul", ["a", "a"], ["b"]), N("MatMul", ["b", "b"], ["c"]), N("ReduceSum", ["c"], ["d"], keepdims=0), N("Add", ["x", "d"], ["y"])], [("s", i64(4096, 4096))]))
wrong("huge_input", "too large", with_input([1 << 20, 1 << 20, 8, 8]))
wrong("input_overflow", "too large", with_input([(1 << 63) - 1, (1 << 63) - 1]))
wrong("huge_tensor", "too large", with_initializer(tensor("w", [1 << 20, 1 << 20], b"1234")))
wrong("tensor_overflow", "too large", with_initializer(tensor("w", [1 << 32, 1 << 32], b"")))
wrong("tensor_gigabyte", "holds 1 values", with_initializer(tensor("w", [1 << 29], b"1234")))
wrong("tensor_negative", "negative size", with_initializer(tensor("w", [-1, -4], b"1234" * 4)))
wrong("tensor_odd_bytes", "damaged", with_initializer(tensor("w", [1], b"12345")))
wrong("tensor_type", "UNDEFINED", with_initializer(tensor("w", [1], b"1234", 77)))
wrong("tensor_rank_1000", "", with_initializer(tensor("w", [1] * 1000, b"1234")))
wrong("many_repeats", "", model([N("Add", ["x", "x"], ["a0"]), *[N("Add", [f"a{i}", f"a{i}"], [f"a{i+1}"]) for i in range(300)], N("Frobnicate", ["a300"], ["y"])]))
# Nesting
deep = GraphProto()
for _ in range(400):
    outer = GraphProto(); node = outer.node.add(op_type="If", output=["y"]); a = node.attribute.add(name="then_branch", type=AttributeProto.GRAPH); a.g.CopyFrom(deep) if _ < 60 else None; deep = outer
wrong("nested_graphs", "", (lambda m: (m.graph.node[0].CopyFrom(deep.node[0]), m)[1])(model([N("If", ["x"], ["y"])])))


def varint(n):
    out = bytearray()
    while True:
        out.append(n & 127 | (128 if n > 127 else 0)); n >>= 7
        if not n: return bytes(out)


def field(number, payload): return varint(number << 3 | 2) + varint(len(payload)) + payload


inner = b""  # graph { node { attribute { g { ...
for _ in range(20000): inner = field(1, field(5, field(6, inner)))
wrong("nested_20000", "damaged", varint(1 << 3) + varint(8) + field(7, inner))
wrong("group_nesting", "damaged", varint(8) + varint(8) + bytes([0xF3, 0x01]) * 100000)
# Not ONNX
valid_bytes = files["valid.onnx"]
wrong("empty", "", b"")
wrong("one_byte", "", b"\x08")
wrong("text", "", b"This is not a model.\n" * 50)
wrong("cut_in_half", "damaged or cut short", valid_bytes[: len(valid_bytes) // 2])
wrong("cut_at_end", "damaged or cut short", valid_bytes[:-1])
wrong("long_length", "damaged", b"\x08\x08" + varint(7 << 3 | 2) + varint((1 << 31) - 1) + b"x")
wrong("negative_length", "damaged", b"\x08\x08" + varint(7 << 3 | 2) + varint((1 << 64) - 5) + b"x")
for i in range(40): wrong(f"random_{i:02}", "", rng.bytes(1 << (4 + i % 8)))
for i in range(10): wrong(f"random_tail_{i}", "", valid_bytes[:200] + rng.bytes(4000))

out = pathlib.Path(__file__).parent / "hostile.zip"
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
    for name, data in sorted(files.items()): z.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
print(len(files) // 2, "wrong files,", out.stat().st_size, "bytes; valid.onnx", len(valid_bytes))
