"""Makes operators.zip: every operator family, by ONNX Runtime. Needs numpy, onnx, onnxruntime."""
import os

import numpy as np
from golden_zip import Zip, node

random = np.random.default_rng(7)
out = Zip(os.path.join(os.path.dirname(os.path.abspath(__file__)), "operators.zip"))


def f(*shape):
    return random.standard_normal(shape).astype(np.float32)


def i(*values):
    return np.array(values, np.int64)


MAX, MIN = 2**63 - 1, -2**63

# --- convolution
W = {"w": f(5, 3, 3, 3)}
B = {"b": f(5)}
X = {"x": f(2, 3, 7, 8)}
out.case("conv_bias", node("Conv", "x w b", "y", kernel_shape=[3, 3], pads=[1, 1, 1, 1]), X, {**W, **B})
out.case("conv_no_bias", node("Conv", "x w", "y", kernel_shape=[3, 3]), X, W)
out.case("conv_no_kernel_shape", node("Conv", "x w b", "y", pads=[1, 1, 1, 1]), X, {**W, **B})
out.case("conv_stride", node("Conv", "x w b", "y", strides=[2, 3], pads=[1, 1, 1, 1]), X, {**W, **B})
out.case("conv_dilation", node("Conv", "x w b", "y", dilations=[2, 1], pads=[2, 1, 2, 1]), X, {**W, **B})
out.case("conv_asymmetric", node("Conv", "x w b", "y", pads=[0, 1, 1, 2], strides=[2, 2]), X, {**W, **B})
out.case("conv_asymmetric_dilated", node("Conv", "x w", "y", pads=[0, 3, 1, 0], dilations=[1, 2]), X, W)
for mode in ("SAME_UPPER", "SAME_LOWER", "VALID"):
    out.case("conv_" + mode.lower(), node("Conv", "x w b", "y", auto_pad=mode, strides=[2, 2]), X, {**W, **B})
    out.case("conv_even_" + mode.lower(), node("Conv", "x w", "y", auto_pad=mode), X, {"w": f(2, 3, 2, 4)})
out.case("conv_1x1", node("Conv", "x w b", "y"), X, {"w": f(5, 3, 1, 1), **B})
out.case("conv_weights_at_run_time", node("Conv", "x w b", "y"), {**X, **W, **B})
out.case("conv_group", node("Conv", "x w", "y", group=3), X, {"w": f(3, 1, 3, 3)})
out.case("conv_1d", node("Conv", "x w", "y"), {"x": f(1, 3, 9)}, {"w": f(3, 3, 3)})
out.refused("conv_kernel_shape", node("Conv", "x w", "y", kernel_shape=[2, 2]), X, "kernel_shape [2, 2]", W)
out.refused("conv_channels", node("Conv", "x w", "y"), X, "channels", {"w": f(5, 4, 3, 3)})
out.refused("conv_bias_size", node("Conv", "x w b", "y"), X, "bias", {**W, "b": f(4)})
out.refused("conv_unknown_attribute", node("Conv", "x w", "y", spin=3), X, "attribute spin=3", W)

# --- matrix products
A = {"a": f(4, 6)}
out.case("gemm", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": f(5)})
out.case("gemm_transb", node("Gemm", "a b c", "y", transB=1), A, {"b": f(5, 6), "c": f(5)})
out.case("gemm_transb_run_time", node("Gemm", "a b c", "y", transB=1), {**A, "b": f(5, 6), "c": f(5)})
out.case("gemm_no_c", node("Gemm", "a b", "y", transB=1), A, {"b": f(5, 6)})
out.case("gemm_c_scalar", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": np.float32(3)})
out.case("gemm_c_one", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": f(1)})
out.case("gemm_c_row", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": f(1, 5)})
out.case("gemm_c_column", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": f(4, 1)})
out.case("gemm_c_matrix", node("Gemm", "a b c", "y"), A, {"b": f(6, 5), "c": f(4, 5)})
out.case("gemm_beta_without_c", node("Gemm", "a b", "y", beta=0.5), A, {"b": f(6, 5)})
out.case("gemm_one_row", node("Gemm", "a b c", "y", transB=1), {"a": f(1, 6)}, {"b": f(5, 6), "c": f(5)})
out.case("gemm_transa", node("Gemm", "a b", "y", transA=1), A, {"b": f(4, 5)})
out.case("gemm_alpha", node("Gemm", "a b", "y", alpha=0.5), A, {"b": f(6, 5)})
out.case("gemm_beta", node("Gemm", "a b c", "y", beta=2.0), A, {"b": f(6, 5), "c": f(5)})
out.case("matmul_2d", node("MatMul", "a b", "y"), A, {"b": f(6, 5)})
out.case("matmul_2d_run_time", node("MatMul", "a b", "y"), {**A, "b": f(6, 5)})
out.case("matmul_3d_2d", node("MatMul", "a b", "y"), {"a": f(2, 4, 6)}, {"b": f(6, 5)})
out.case("matmul_3d_2d_run_time", node("MatMul", "a b", "y"), {"a": f(2, 4, 6), "b": f(6, 5)})
out.case("matmul_4d_2d", node("MatMul", "a b", "y"), {"a": f(2, 3, 4, 6)}, {"b": f(6, 5)})
out.case("matmul_3d", node("MatMul", "a b", "y"), {"a": f(3, 4, 6), "b": f(3, 6, 5)})
out.case("matmul_4d", node("MatMul", "a b", "y"), {"a": f(2, 3, 4, 6), "b": f(2, 3, 6, 5)})
out.case("matmul_4d_constant", node("MatMul", "a b", "y"), {"a": f(2, 3, 4, 6)}, {"b": f(2, 3, 6, 5)})
out.case("matmul_inner_one", node("MatMul", "a b", "y"), {"a": f(2, 4, 1), "b": f(2, 1, 5)})
out.case("matmul_transposed", [node("Transpose", "b", "t", perm=[0, 1, 3, 2]), node("MatMul", "a t", "y")],
         {"a": f(2, 3, 4, 6), "b": f(2, 3, 5, 6)})
out.case("matmul_permuted", [node("Transpose", "b", "t", perm=[0, 2, 1, 3]), node("MatMul", "a t", "y")],
         {"a": f(2, 3, 4, 6), "b": f(2, 6, 3, 5)})
out.case("matmul_broadcast", node("MatMul", "a b", "y"), {"a": f(2, 3, 4, 6), "b": f(3, 6, 5)})
out.case("matmul_broadcast_one", node("MatMul", "a b", "y"), {"a": f(2, 3, 4, 6), "b": f(1, 3, 6, 5)})
out.case("matmul_2d_3d", node("MatMul", "a b", "y"), {"a": f(4, 6), "b": f(3, 6, 5)})
out.case("matmul_vector", node("MatMul", "a b", "y"), {"a": f(2, 3, 6), "b": f(6)})
out.refused("matmul_inner", node("MatMul", "a b", "y"), {"a": f(4, 6), "b": f(5, 6)}, "product of the shapes")
out.refused("matmul_inner_3d", node("MatMul", "a b", "y"), {"a": f(2, 4, 6), "b": f(5, 6)}, "product of the shapes")
out.refused("matmul_integers", node("MatMul", "a b", "y"), {"a": np.ones((2, 2), np.int64), "b": np.ones((2, 2), np.int64)}, "LONG")

# --- activations
wild = np.array([-200, -100, -89, -50, -5, -1, -0.5, -1e-6, 0, 1e-6, 0.5, 1, 5, 50, 89, 100, 200], np.float32)
for op in ("Sigmoid", "Tanh", "Relu", "Erf", "Neg", "Sin", "Cos"):
    out.case(op.lower(), node(op, "x", "y"), {"x": np.concatenate([wild, f(16)])})
    out.case(op.lower() + "_4d", node(op, "x", "y"), {"x": f(2, 3, 4, 5)})
out.case("exp", node("Exp", "x", "y"), {"x": f(3, 4)})
out.case("exp_wild", node("Exp", "x", "y"), {"x": wild[3:13]})
out.case("sqrt", node("Sqrt", "x", "y"), {"x": np.abs(f(3, 4))})
out.case("gelu", node("Gelu", "x", "y"), {"x": np.concatenate([wild, f(16)])}, opset=20)
out.case("gelu_tanh", node("Gelu", "x", "y", approximate="tanh"), {"x": f(3)}, opset=20)
for opset in (11, 13):
    out.case(f"softmax_last_{opset}", node("Softmax", "x", "y", axis=-1), {"x": f(2, 3, 4)}, opset=opset)
    out.case(f"softmax_2d_default_{opset}", node("Softmax", "x", "y"), {"x": f(3, 4)}, opset=opset)
out.case("softmax_default_13", node("Softmax", "x", "y"), {"x": f(2, 3, 4)}, opset=13)
out.case("softmax_default_11", node("Softmax", "x", "y"), {"x": f(2, 3, 4)}, opset=11)
for axis in (0, 1, 2, -2):
    out.case(f"softmax_axis_{axis}", node("Softmax", "x", "y", axis=axis), {"x": f(2, 3, 4)}, opset=13)
out.case("softmax_4d_axis_1", node("Softmax", "x", "y", axis=1), {"x": f(2, 3, 4, 2)}, opset=13)
out.case("softmax_large", node("Softmax", "x", "y"), {"x": f(2, 3, 4) * 1000}, opset=13)
masked = f(2, 3, 4)
masked[:, 0, 1:] = -np.inf
out.case("softmax_masked", node("Softmax", "x", "y"), {"x": masked}, opset=13)

# --- indexing
S = {"x": np.arange(2 * 5 * 6, dtype=np.float32).reshape(2, 5, 6)}


def slices(name, starts, ends, axes=None, steps=None, data=None, **more):
    constants = {"starts": i(*starts), "ends": i(*ends)}
    operands = "x starts ends"
    if axes is not None or steps is not None:
        operands += " axes" if axes is not None else " _"
        constants.update({"axes": i(*axes)} if axes is not None else {})
    if steps is not None:
        operands += " steps"
        constants["steps"] = i(*steps)
    out.case("slice_" + name, node("Slice", operands, "y"), data or S, constants, **more)


slices("plain", [0, 1], [1, 3])
slices("negative", [-3], [-1], [1])
slices("negative_axis", [1], [4], [-2])
slices("axes_unsorted", [2, 1], [5, 4], [2, 1])
slices("int64_max", [2], [MAX], [2])
slices("all", [0], [MAX], [1])
slices("beyond", [-99], [99], [1])
slices("step_2", [0], [MAX], [2], [2])
slices("step_2_from_1", [1], [MAX], [2], [2])
slices("step_2_no_axes", [0, 1, 0], [2, 5, 6], None, [1, 2, 3])
slices("reverse", [-1], [MIN], [1], [-1])
slices("reverse_step_2", [-1], [MIN], [2], [-2])
slices("reverse_part", [4], [0], [2], [-1])
slices("reverse_two_axes", [4, 4], [1, -99], [1, 2], [-1, -3])
slices("empty", [3], [3], [1], crowded=False)
slices("integers", [1], [3], [0], data={"x": i(5, 6, 7, 8)})
slices("integers_reversed", [-1], [MIN], [0], [-1], data={"x": i(5, 6, 7, 8)})
slices("rank_4_middle", [1], [3], [1], data={"x": f(2, 4, 3, 3)})
out.case("slice_int32_bounds", node("Slice", "x a b c", "y"), S,
         {"a": np.array([1], np.int32), "b": np.array([3], np.int32), "c": np.array([2], np.int32)})
out.refused("slice_bounds_at_run_time", node("Slice", "x a b", "y"), {**S, "a": i(0), "b": i(1)}, "starts (a) is computed at run time")
out.case("split_attribute_11", node("Split", "x", "y z", axis=2, split=[2, 4]), S, opset=11, outputs=("y", "z"))
out.case("split_equal_11", node("Split", "x", "y z", axis=-1), S, opset=11, outputs=("y", "z"))
out.case("split_input_13", node("Split", "x s", "y z w", axis=1), S, {"s": i(1, 3, 1)}, opset=13, outputs=("y", "z", "w"))
out.case("split_equal_13", node("Split", "x", "y z w", axis=2), S, opset=13, outputs=("y", "z", "w"))
out.case("split_axis_0", node("Split", "x", "y z"), S, opset=13, outputs=("y", "z"))
out.case("split_one", node("Split", "x", "y", axis=1), S, opset=13)
out.case("split_num_outputs_18", node("Split", "x", "y z", axis=1, num_outputs=2), S, opset=18, outputs=("y", "z"))
out.case("split_uneven_18", node("Split", "x", "y z w", axis=2, num_outputs=3), {"x": f(2, 3, 7)}, opset=18, outputs=("y", "z", "w"))
out.case("split_with_empty", node("Split", "x s", "y z", axis=1), S, {"s": i(5, 0)}, opset=13, outputs=("y", "z"), crowded=False)
out.case("split_unused_part", [node("Split", "x", "a y b", axis=2)], S, opset=13)
out.refused("split_sum", node("Split", "x s", "y z", axis=1), S, "split=[1, 3]", {"s": i(1, 3)}, opset=13)
G = {"x": f(4, 5, 3)}
out.case("gather_vector", node("Gather", "x i", "y"), G, {"i": i(2, 0, 3)})
out.case("gather_scalar", node("Gather", "x i", "y"), G, {"i": np.int64(2)})
out.case("gather_negative", node("Gather", "x i", "y"), G, {"i": i(-1, -4)})
out.case("gather_negative_scalar", node("Gather", "x i", "y", axis=1), G, {"i": np.int64(-1)})
out.case("gather_axis_1", node("Gather", "x i", "y", axis=1), G, {"i": i(4, 0)})
out.case("gather_axis_last_matrix", node("Gather", "x i", "y", axis=-1), G, {"i": np.array([[0, 2], [1, 1]], np.int64)})
out.case("gather_int32", node("Gather", "x i", "y", axis=2), G, {"i": np.array([0, 2], np.int32)})
out.case("gather_from_vector", node("Gather", "x i", "y"), {"x": i(7, 8, 9)}, {"i": np.int64(1)})
out.case("gather_run_time", node("Gather", "x i", "y"), {"i": i(3, 0, 1)}, {"x": f(4, 5)})
out.case("gather_run_time_scalar", node("Gather", "x i", "y"), {"i": np.array(3, np.int64)}, {"x": f(4, 5)})
out.case("gather_run_time_axis_1", node("Gather", "x i", "y", axis=1), {"i": i(3, 0, 2), "x": f(4, 5)})
out.refused("gather_outside", node("Gather", "x i", "y"), G, "index 4 is outside", {"i": i(4)})

# --- layout
L = {"x": f(2, 3, 4)}
for name, shape, kwargs in [("plain", [6, 4], {}), ("minus_one", [-1, 2], {}), ("zero", [0, -1], {}),
                            ("zeros", [0, 0, 2, 2], {}), ("same", [2, 3, 4], {}), ("more", [1, 2, 3, 1, 4], {})]:
    out.case("reshape_" + name, node("Reshape", "x s", "y", **kwargs), L, {"s": i(*shape)})
out.case("reshape_allowzero", node("Reshape", "x s", "y", allowzero=1), L, {"s": i(4, 6)})
out.case("reshape_to_scalar", node("Reshape", "x s", "y"), {"x": f(1, 1)}, {"s": np.zeros(0, np.int64)})
out.case("reshape_from_scalar", node("Reshape", "x s", "y"), {"x": np.array(3, np.float32)}, {"s": i(1, 1, 1)})
out.case("reshape_integers", node("Reshape", "x s", "y"), {"x": i(1, 2, 3, 4)}, {"s": i(2, 2)})
out.refused("reshape_at_run_time", node("Reshape", "x s", "y"), {**L, "s": i(24)}, "shape (s) is computed at run time")
out.refused("reshape_elements", node("Reshape", "x s", "y"), L, "cannot reshape", {"s": i(5, 5)})
out.refused("reshape_remainder", node("Reshape", "x s", "y"), L, "cannot reshape", {"s": i(5, -1)})
out.refused("reshape_two_free", node("Reshape", "x s", "y"), L, "[-1, -1]", {"s": i(-1, -1)})
out.case("transpose_default", node("Transpose", "x", "y"), L)
out.case("transpose_2d", node("Transpose", "x", "y"), {"x": f(3, 4)})
out.case("transpose_perm", node("Transpose", "x", "y", perm=[1, 2, 0]), L)
out.case("transpose_4d", node("Transpose", "x", "y", perm=[0, 2, 3, 1]), {"x": f(2, 3, 4, 5)})
out.case("transpose_same", node("Transpose", "x", "y", perm=[0, 1, 2]), L)
out.case("transpose_then_reshape", [node("Transpose", "x", "t", perm=[0, 2, 1]), node("Reshape", "t s", "y")], L, {"s": i(4, 6)})
out.case("transpose_then_add", [node("Transpose", "x", "t", perm=[2, 0, 1]), node("Add", "t t", "y")], L)
out.case("concat", node("Concat", "a b", "y", axis=1), {"a": f(2, 3, 4), "b": f(2, 1, 4)})
out.case("concat_negative", node("Concat", "a b a", "y", axis=-1), {"a": f(2, 3, 4), "b": f(2, 3, 1)})
out.case("concat_one", node("Concat", "a", "y", axis=0), {"a": f(2, 3)})
out.case("concat_vectors", node("Concat", "a b", "y", axis=0), {"a": i(1, 2), "b": i(3)})
out.case("concat_with_constant", node("Concat", "c a", "y", axis=1), {"a": f(2, 3, 4)}, {"c": f(2, 2, 4)})
out.case("concat_with_empty", node("Concat", "e a", "y", axis=1), {"a": f(2, 3, 4)}, {"e": f(2, 0, 4)})
out.case("concat_4d_channels", node("Concat", "a b", "y", axis=1), {"a": f(2, 3, 4, 4), "b": f(2, 5, 4, 4)})
out.case("expand", node("Expand", "x s", "y"), {"x": f(1, 3, 1)}, {"s": i(2, 3, 4)})
out.case("expand_more_axes", node("Expand", "x s", "y"), {"x": f(3, 1)}, {"s": i(2, 1, 4)})
out.case("expand_less", node("Expand", "x s", "y"), L, {"s": i(1, 1)})
out.case("expand_scalar", node("Expand", "x s", "y"), {"x": np.array(3, np.int64)}, {"s": i(2)})
out.case("expand_scalar_to_scalar", node("Expand", "x s", "y"), {"x": np.array(3, np.float32)}, {"s": np.zeros(0, np.int64)})
out.case("expand_bool", node("Expand", "x s", "y"), {"x": np.array([[True], [False]])}, {"s": i(2, 3)})
out.refused("expand_sizes", node("Expand", "x s", "y"), L, "do not broadcast", {"s": i(2, 2, 4)})
out.case("unsqueeze_attribute_11", node("Unsqueeze", "x", "y", axes=[0, 3]), {"x": f(2, 3)}, opset=11)
out.case("unsqueeze_input", node("Unsqueeze", "x a", "y"), {"x": f(2, 3)}, {"a": i(-1, 1)})
out.case("unsqueeze_unsorted", node("Unsqueeze", "x a", "y"), {"x": f(2, 3)}, {"a": i(3, 0, -3)})
out.case("unsqueeze_scalar", node("Unsqueeze", "x a", "y"), {"x": np.array(3, np.float32)}, {"a": i(0)})
out.case("squeeze_attribute_11", node("Squeeze", "x", "y", axes=[0, -1]), {"x": f(1, 3, 1)}, opset=11)
out.case("squeeze_input", node("Squeeze", "x a", "y"), {"x": f(1, 3, 1)}, {"a": i(2)})
out.case("squeeze_all", node("Squeeze", "x", "y"), {"x": f(1, 3, 1, 2)})
out.case("squeeze_to_scalar", node("Squeeze", "x", "y"), {"x": i(5)})
out.refused("squeeze_wide", node("Squeeze", "x a", "y"), {"x": f(1, 3, 1)}, "axis 1", {"a": i(1)})
out.refused("unsqueeze_twice", node("Unsqueeze", "x a", "y"), {"x": f(3)}, "twice", {"a": i(0, 0)})
out.case("flatten", node("Flatten", "x", "y"), L)
out.case("flatten_axis_0", node("Flatten", "x", "y", axis=0), L)
out.case("flatten_axis_last", node("Flatten", "x", "y", axis=3), L)
out.case("flatten_negative", node("Flatten", "x", "y", axis=-1), L)
numbers = np.array([-2.7, -1, -0.5, -0.0, 0.3, 0.999, 1.5, 2.5, 1000.9], np.float32)
out.case("cast_float_long", node("Cast", "x", "y", to=7), {"x": numbers})
out.case("cast_float_int", node("Cast", "x", "y", to=6), {"x": numbers})
out.case("cast_float_bool", node("Cast", "x", "y", to=9), {"x": numbers})
out.case("cast_float_double", node("Cast", "x", "y", to=11), {"x": numbers})
out.case("cast_long_float", node("Cast", "x", "y", to=1), {"x": i(-3, 0, 5, 2**24 + 1, 999)})
out.case("cast_int_long", node("Cast", "x", "y", to=7), {"x": np.array([-3, 0, 2**31 - 1], np.int32)})
out.case("cast_long_bool", node("Cast", "x", "y", to=9), {"x": i(-3, 0, 5)})
out.case("cast_bool_float", node("Cast", "x", "y", to=1), {"x": np.array([True, False])})
out.case("cast_bool_long", node("Cast", "x", "y", to=7), {"x": np.array([True, False])})
out.case("cast_same", node("Cast", "x", "y", to=1), {"x": numbers})
out.case("cast_scalar", node("Cast", "x", "y", to=1), {"x": np.array(7, np.int64)})
out.refused("cast_text", node("Cast", "x", "y", to=8), {"x": numbers}, "STRING")
P = {"x": f(1, 2, 3, 4)}
out.case("pad", node("Pad", "x p", "y"), P, {"p": i(0, 0, 1, 1, 0, 0, 1, 1)})
out.case("pad_asymmetric", node("Pad", "x p", "y"), P, {"p": i(0, 1, 0, 2, 1, 0, 1, 0)})
out.case("pad_value", node("Pad", "x p v", "y"), P, {"p": i(0, 0, 0, 1, 0, 0, 1, 0), "v": np.float32(-2.5)})
out.case("pad_mode", node("Pad", "x p", "y", mode="constant"), P, {"p": i(0, 0, 0, 1, 0, 0, 0, 1)})
out.case("pad_nothing", node("Pad", "x p", "y"), P, {"p": i(0, 0, 0, 0, 0, 0, 0, 0)})
out.case("pad_vector", node("Pad", "x p v", "y"), {"x": i(1, 2)}, {"p": i(1, 2), "v": np.int64(9)})
out.case("pad_matrix", node("Pad", "x p", "y"), {"x": f(3, 4)}, {"p": i(1, 2, 0, 1)})
out.case("pad_reflect", node("Pad", "x p", "y", mode="reflect"), P, {"p": i(0, 0, 1, 1, 0, 0, 1, 1)})
out.case("pad_negative", node("Pad", "x p", "y"), P, {"p": i(0, 0, -1, 1, 0, 0, 1, 1)})

# --- arithmetic
T = {"a": f(2, 3, 4), "b": f(2, 3, 4)}
R = {"a": f(2, 3, 4), "b": f(3, 1)}
for op in ("Add", "Sub", "Mul", "Div"):
    out.case(op.lower(), node(op, "a b", "y"), T)
    out.case(op.lower() + "_broadcast", node(op, "a b", "y"), R)
    out.case(op.lower() + "_broadcast_left", node(op, "b a", "y"), R)
    out.case(op.lower() + "_broadcast_both", node(op, "a b", "y"), {"a": f(2, 1, 4), "b": f(3, 1)})
    out.case(op.lower() + "_scalar", node(op, "a b", "y"), {"a": f(2, 3)}, {"b": np.float32(1.7)})
    out.case(op.lower() + "_scalar_left", node(op, "b a", "y"), {"a": f(2, 3)}, {"b": np.float32(1.7)})
    out.case(op.lower() + "_two_scalars", node(op, "b a", "y"), {"a": np.array(3, np.float32), "b": np.array(2, np.float32)})
    out.case(op.lower() + "_channels", node(op, "a b", "y"), {"a": f(2, 3, 4, 4)}, {"b": f(1, 3, 1, 1)})
    out.case(op.lower() + "_longs", node(op, "a b", "y"), {"a": i(7, -7, 7, -7, 0), "b": i(2, 2, -2, -2, 5)})
    out.case(op.lower() + "_long_scalar", node(op, "a b", "y"), {"a": i(7, -7, 6, -1)}, {"b": np.int64(2)})
    out.case(op.lower() + "_ints", node(op, "a b", "y"), {"a": np.array([7, -7], np.int32), "b": np.array([2, 2], np.int32)})
out.case("div_by_one", node("Div", "a b", "y"), {"a": f(2, 3)}, {"b": np.float32(1)})
out.case("div_by_one_more_axes", node("Div", "a b", "y"), {"a": f(2, 3)}, {"b": np.ones((1, 1, 1), np.float32)})
out.case("div_by_zero", node("Div", "a b", "y"), {"a": np.array([1, -1], np.float32), "b": np.array([0, 0], np.float32)})
out.case("mul_same_operand", node("Mul", "a a", "y"), {"a": f(2, 3)})
for e in (2, 3, 0.5, -1, 0, 1, 2.5):
    base = np.abs(f(2, 3)) + 0.1 if e != int(e) else f(2, 3)
    out.case(f"pow_{e}".replace(".", "_"), node("Pow", "x e", "y"), {"x": base}, {"e": np.float32(e)})
out.case("pow_long_exponent", node("Pow", "x e", "y"), {"x": f(2, 3)}, {"e": i(2)})
out.case("pow_vector", node("Pow", "x e", "y"), {"x": f(2, 3)}, {"e": f(3)})
out.case("pow_run_time", node("Pow", "x e", "y"), {"x": f(2, 3), "e": np.array(2, np.float32)})
out.case("equal_longs", node("Equal", "a b", "y"), {"a": i(1, 2, 3), "b": i(1, 5, 3)})
out.case("equal_scalar", node("Equal", "a b", "y"), {"a": i(1, -1, 3)}, {"b": np.int64(-1)})
out.case("equal_broadcast", node("Equal", "a b", "y"), {"a": np.array([[1], [2]], np.int64), "b": i(1, 2, 3)})
out.case("equal_floats", node("Equal", "a b", "y"), {"a": np.array([1, 1 + 1e-6, 3], np.float32), "b": np.array([1, 1, 3], np.float32)})
out.case("equal_large_longs", node("Equal", "a b", "y"), {"a": i(2**53 + 1, 5), "b": i(2**53, 5)})
out.case("greater", node("Greater", "a b", "y"), T)
out.case("less_broadcast", node("Less", "a b", "y"), R)
C = np.array([[True, False, True], [False, False, True]])
out.case("where", node("Where", "c a b", "y"), {"c": C, "a": f(2, 3), "b": f(2, 3)})
out.case("where_longs", node("Where", "c a b", "y"), {"c": np.array([True, False]), "a": i(MAX, 2), "b": i(3, MIN)})
out.case("where_constants_broadcast", node("Where", "c a b", "y"), {}, {"c": C, "a": f(3), "b": np.float32(5)}, crowded=False)
out.case("where_constant_longs", node("Where", "c a b", "y"), {}, {"c": np.array([[True], [False]]), "a": i(MAX, 2), "b": i(2**53 + 1, MIN)}, crowded=False)
out.case("where_equal", [node("Equal", "s m", "q"), node("Where", "q o s", "y")], {}, {"s": i(2, -1, 4), "m": np.int64(-1), "o": i(1, 1, 1)}, crowded=False)
out.case("where_broadcast", node("Where", "c a b", "y"), {"c": C, "a": f(3), "b": f(2, 3)})

# --- resizing and pooling
I = {"x": f(2, 3, 4, 5)}
for name, attributes in [("asymmetric_floor", dict(coordinate_transformation_mode="asymmetric", nearest_mode="floor")),
                         ("half_pixel", dict(coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_floor")),
                         ("half_pixel_ceil", dict(coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_ceil")),
                         ("default", {})]:
    for factor in (2, 3):
        scales = np.array([1, 1, factor, factor], np.float32)
        out.case(f"resize_{name}_{factor}", node("Resize", "x _ s", "y", mode="nearest", **attributes), I, {"s": scales})
        out.case(f"resize_{name}_{factor}_sizes", node("Resize", "x _ _ s", "y", mode="nearest", **attributes), I, {"s": i(2, 3, 4 * factor, 5 * factor)})
floor = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
out.case("resize_uneven", node("Resize", "x _ s", "y", **floor), I, {"s": np.array([1, 1, 2, 3], np.float32)})
out.case("resize_one", node("Resize", "x _ s", "y", **floor), I, {"s": np.array([1, 1, 1, 1], np.float32)})
out.case("resize_empty_scales_11", node("Resize", "x r e s", "y", **floor), I, {"r": np.zeros(0, np.float32), "e": np.zeros(0, np.float32), "s": i(2, 3, 8, 10)}, opset=11)
for name, attributes, scales in [
        ("linear", dict(mode="linear"), [1, 1, 2, 2]), ("cubic", dict(mode="cubic"), [1, 1, 2, 2]),
        ("fraction", floor, [1, 1, 1.5, 1.5]), ("down", floor, [1, 1, 0.5, 0.5])]:
    out.case("resize_" + name, node("Resize", "x _ s", "y", **attributes), I, {"s": np.array(scales, np.float32)})
out.refused("resize_antialias", node("Resize", "x _ s", "y", mode="linear", antialias=1), I, "antialias=1", {"s": np.array([1, 1, 0.5, 0.5], np.float32)}, opset=18)
Q = {"x": f(2, 3, 6, 7) - 3}
for op in ("AveragePool", "MaxPool"):
    key = op.lower()
    out.case(key, node(op, "x", "y", kernel_shape=[2, 2], strides=[2, 2]), Q)
    out.case(key + "_overlap", node(op, "x", "y", kernel_shape=[3, 2]), Q)
    out.case(key + "_valid", node(op, "x", "y", kernel_shape=[3, 3], strides=[2, 2], auto_pad="VALID"), Q)
    out.case(key + "_ceil", node(op, "x", "y", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1), Q)
    out.case(key + "_1d", node(op, "x", "y", kernel_shape=[2]), {"x": f(1, 2, 6)})
out.case("maxpool_padded", node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), Q)
out.case("maxpool_asymmetric", node("MaxPool", "x", "y", kernel_shape=[2, 2], pads=[0, 0, 1, 1]), Q)
out.case("maxpool_dilated", node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2]), Q)
out.refused("maxpool_indices", node("MaxPool", "x", "y z", kernel_shape=[2, 2]), Q, "output 1")
out.case("averagepool_padded", node("AveragePool", "x", "y", kernel_shape=[2, 2], pads=[1, 1, 1, 1]), Q)
out.case("global_average_pool", node("GlobalAveragePool", "x", "y"), Q)
out.case("global_average_pool_3d", node("GlobalAveragePool", "x", "y"), {"x": f(2, 3, 7)})
out.case("global_average_pool_5d", node("GlobalAveragePool", "x", "y"), {"x": f(2, 3, 4, 2, 3)})

# --- reductions
for op in ("ReduceMean", "ReduceSum"):
    key, old, new = op.lower(), (17 if op == "ReduceMean" else 11), 18
    D = {"x": f(2, 3, 4)}
    out.case(key + "_attribute", node(op, "x", "y", axes=[1]), D, opset=old)
    out.case(key + "_attribute_two", node(op, "x", "y", axes=[0, -1], keepdims=0), D, opset=old)
    out.case(key + "_input", node(op, "x a", "y"), D, {"a": i(-1)}, opset=new)
    out.case(key + "_input_two", node(op, "x a", "y", keepdims=0), D, {"a": i(2, 0)}, opset=new)
    out.case(key + "_all", node(op, "x", "y"), D, opset=new)
    out.case(key + "_all_scalar", node(op, "x", "y", keepdims=0), D, opset=new)
    out.case(key + "_noop", node(op, "x", "y", noop_with_empty_axes=1), D, opset=new)
    out.case(key + "_empty_axes", node(op, "x a", "y"), D, {"a": np.zeros(0, np.int64)}, opset=new)
    out.case(key + "_4d_image", node(op, "x a", "y"), {"x": f(2, 3, 4, 5)}, {"a": i(2, 3)}, opset=new)
out.case("reducesum_longs", node("ReduceSum", "x a", "y", keepdims=0), {"x": i(5, -2, 9)}, {"a": i(0)})
out.refused("reducemean_longs", node("ReduceMean", "x", "y", axes=[0]), {"x": i(5, -2, 9)}, "LONG")

# --- normalisation
for shape in ((2, 6, 5), (2, 6, 4, 5), (1, 6, 8, 8), (2, 6, 2, 3, 4)):
    key = f"{len(shape)}d_batch_{shape[0]}"
    N = {"x": f(*shape) * 3 + 1}
    out.case("instance_norm_" + key, node("InstanceNormalization", "x s b", "y", epsilon=1e-3), N, {"s": f(6), "b": f(6)})
    out.case("group_norm_" + key, node("GroupNormalization", "x s b", "y", num_groups=3), N, {"s": f(6), "b": f(6)}, opset=21)
    out.case("batch_norm_" + key, node("BatchNormalization", "x s b m v", "y"), N, {"s": f(6), "b": f(6), "m": f(6), "v": np.abs(f(6)) + 0.1})
out.case("batch_norm_2d", node("BatchNormalization", "x s b m v", "y", epsilon=1e-2, momentum=0.5), {"x": f(3, 6)}, {"s": f(6), "b": f(6), "m": f(6), "v": np.abs(f(6)) + 0.1})
out.case("group_norm_one_group", node("GroupNormalization", "x s b", "y", num_groups=1, epsilon=1e-6), {"x": f(2, 6, 4, 4)}, {"s": f(6), "b": f(6)}, opset=21)
out.case("group_norm_each_channel", node("GroupNormalization", "x s b", "y", num_groups=6), {"x": f(2, 6, 4, 4)}, {"s": f(6), "b": f(6)}, opset=21)
out.case("group_norm_run_time_scale", node("GroupNormalization", "x s b", "y", num_groups=2), {"x": f(2, 6, 4, 4), "s": f(6), "b": f(6)}, opset=21)
# an offset of 10 and ONNX Runtime itself is 3e-5 off
out.case("group_norm_offset", node("GroupNormalization", "x s b", "y", num_groups=2), {"x": f(2, 6, 4, 4) + 2}, {"s": f(6), "b": f(6)}, opset=21)
out.case("group_norm_18", node("GroupNormalization", "x s b", "y", num_groups=2), {"x": f(2, 6, 4, 4)}, {"s": f(2), "b": f(2)}, opset=18)
out.refused("group_norm_groups", node("GroupNormalization", "x s b", "y", num_groups=4), {"x": f(2, 6, 4, 4)}, "4 groups", {"s": f(6), "b": f(6)}, opset=21)
out.refused("batch_norm_training", node("BatchNormalization", "x s b m v", "y", training_mode=1), {"x": f(3, 6)}, "training_mode=1", {"s": f(6), "b": f(6), "m": f(6), "v": np.abs(f(6))})
for shape in ((4, 6), (2, 4, 6), (2, 3, 4, 6)):
    out.case(f"layer_norm_{len(shape)}d", node("LayerNormalization", "x s b", "y", axis=-1), {"x": f(*shape)}, {"s": f(6), "b": f(6)})
out.case("layer_norm_no_shift", node("LayerNormalization", "x s", "y", epsilon=1e-3), {"x": f(2, 4, 6)}, {"s": f(6)})
out.case("layer_norm_axis_positive", node("LayerNormalization", "x s b", "y", axis=2), {"x": f(2, 4, 6)}, {"s": f(6), "b": f(6)})
out.case("layer_norm_two_axes", node("LayerNormalization", "x s", "y", axis=1), {"x": f(2, 4, 6)}, {"s": f(4, 6)})
out.case("layer_norm_outputs", node("LayerNormalization", "x s b", "y m v"), {"x": f(2, 6)}, {"s": f(6), "b": f(6)}, outputs=("y", "m", "v"))
out.case("layer_norm_scale_size", node("LayerNormalization", "x s", "y"), {"x": f(2, 4, 6)}, {"s": f(1)})

# --- constants
out.case("range", node("Range", "a b c", "y"), {}, {"a": np.int64(2), "b": np.int64(11), "c": np.int64(3)}, crowded=False)
out.case("range_down", node("Range", "a b c", "y"), {}, {"a": np.int64(5), "b": np.int64(-3), "c": np.int64(-2)}, crowded=False)
out.case("range_float", node("Range", "a b c", "y"), {}, {"a": np.float32(0), "b": np.float32(4), "c": np.float32(0.5)}, crowded=False)
out.case("range_empty", node("Range", "a b c", "y"), {}, {"a": np.int64(5), "b": np.int64(5), "c": np.int64(1)}, crowded=False)
out.refused("range_zero", node("Range", "a b c", "y"), {}, "delta", {"a": np.int64(5), "b": np.int64(9), "c": np.int64(0)})
out.case("constant_of_shape", node("ConstantOfShape", "s", "y"), {}, {"s": i(2, 3)}, crowded=False)
from onnx import helper
out.case("constant_of_shape_long", node("ConstantOfShape", "s", "y", value=helper.make_tensor("v", 7, [1], [MAX])), {}, {"s": i(3)}, crowded=False)
out.case("constant_of_shape_bool", node("ConstantOfShape", "s", "y", value=helper.make_tensor("v", 9, [1], [1])), {}, {"s": i(3)}, crowded=False)
out.case("constant_of_shape_scalar", node("ConstantOfShape", "s", "y", value=helper.make_tensor("v", 1, [1], [2.5])), {}, {"s": np.zeros(0, np.int64)}, crowded=False)
out.case("constant_of_shape_empty", node("ConstantOfShape", "s", "y"), {}, {"s": i(0, 2)}, crowded=False)
for name, kwargs in [("shape", {}), ("shape_start", dict(start=1)), ("shape_end", dict(end=-1)), ("shape_both", dict(start=-2, end=3)), ("shape_beyond", dict(start=-9, end=9))]:
    out.case(name, node("Shape", "x", "y", **kwargs), L)
out.case("shape_reshape", [node("Shape", "x", "s"), node("Gather", "s i", "n"), node("Unsqueeze", "n z", "u"), node("Concat", "u m", "t", axis=0), node("Reshape", "x t", "y")], L, {"i": np.int64(1), "z": i(0), "m": i(-1)})
for name, kwargs in [("ints", dict(value_ints=[3, -1])), ("int", dict(value_int=-4)), ("float", dict(value_float=0.3)), ("floats", dict(value_floats=[0.3, 5.0])),
                     ("tensor", dict(value=helper.make_tensor("v", 1, [2, 2], [1.0, 2, 3, 4])))]:
    out.case("constant_" + name, node("Constant", "", "y", **kwargs), {}, crowded=False, folded=False)
out.refused("constant_text", node("Constant", "", "y", value_string="hello"), {}, "[value_string]")
out.case("dropout", node("Dropout", "x", "y"), L)
out.case("dropout_ratio", node("Dropout", "x r t", "y", seed=3), L, {"r": np.float32(0.5), "t": np.array(False)})
out.refused("dropout_training", node("Dropout", "x r t", "y"), L, "training", {"r": np.float32(0.5), "t": np.array(True)})

# --- names and outputs
out.case("identity_chain", [node("Identity", "x", "a"), node("Identity", "a", "b"), node("Relu", "b", "c"), node("Identity", "c", "y")], L)
out.case("output_is_input", [node("Identity", "x", "y")], L)
out.case("output_is_constant", [node("Identity", "k", "y"), node("Relu", "x", "z")], L, {"k": f(2, 2)}, outputs=("y", "z"))
out.case("outputs_repeat", [node("Relu", "x", "a"), node("Identity", "a", "y"), node("Identity", "a", "z")], L, outputs=("y", "z", "a"))
out.case("output_inside", [node("Relu", "x", "a"), node("Neg", "a", "y")], L, outputs=("a", "y"))
out.case("output_has_inner_name", [node("Erf", "x", "y"), node("Gelu", "x", "g"), node("Neg", "g", "g/mul"), node("Neg", "g/mul", "g/add")], L, opset=20, outputs=("y", "g", "g/mul", "g/add"))
out.case("name_of_derived_constant", [node("Neg", "x", "y/pads"), node("Pad", "x p", "y")], {"x": f(1, 1, 3, 3)}, {"p": i(0, 0, 1, 0, 0, 0, 0, 1)}, outputs=("y", "y/pads"))
out.case("name_of_transposed_weight", [node("Neg", "b", "b/transposed"), node("Gemm", "a b", "y", transB=1), node("Gemm", "a b/transposed", "z", transB=1)], A, {"b": f(5, 6)}, outputs=("y", "z"))
out.close()
