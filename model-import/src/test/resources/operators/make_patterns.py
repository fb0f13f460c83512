"""Makes patterns.zip: what exporters spell out, and look-alikes that are something else.

The name before __ is the pattern, the name after it starts with `is_` or `not_`.
"""
import os

import numpy as np
from golden_zip import Zip, node

random = np.random.default_rng(11)
out = Zip(os.path.join(os.path.dirname(os.path.abspath(__file__)), "patterns.zip"))


def f(*shape):
    return random.standard_normal(shape).astype(np.float32)


def i(*values):
    return np.array(values, np.int64)


def case(name, nodes, inputs, constants=None, **more):
    out.case(name, nodes, inputs, constants, folded=False, **more)


# --- group normalisation
def group_norm(name, shape=(2, 6, 4, 4), groups=3, scale=None, shift=None, gamma=None, beta=None, swap=False,
               back=None, grouped=None, outputs=("y",), epsilon=1e-5):
    channels = shape[1]
    per_channel = (channels,) + (1,) * (len(shape) - 2)
    constants = {"g": i(*(grouped or (0, groups, -1))), "back": i(*(back or shape)),
                 "ones": np.ones(groups, np.float32) if scale is None else scale,
                 "zeros": np.zeros(groups, np.float32) if shift is None else shift,
                 "gamma": f(*per_channel) if gamma is None else gamma,
                 "beta": f(*per_channel) if beta is None else beta}
    case("group_norm__" + name,
         [node("Reshape", "x g", "r"), node("InstanceNormalization", "r ones zeros", "n", epsilon=epsilon),
          node("Reshape", "n back", "b"), node("Mul", "gamma b" if swap else "b gamma", "m"),
          node("Add", "beta m" if swap else "m beta", "y")], {"x": f(*shape) * 2 + 1}, constants, outputs=outputs)


group_norm("is_plain")
group_norm("is_swapped", swap=True)
group_norm("is_3d", shape=(2, 6, 5))
group_norm("is_2d", shape=(3, 6))
group_norm("is_5d", shape=(2, 6, 2, 3, 2))
group_norm("is_epsilon", epsilon=0.1)
group_norm("is_with_batch_axis", gamma=f(1, 6, 1, 1), beta=f(1, 6, 1, 1))
group_norm("not_scale", scale=np.full(3, 2, np.float32))
group_norm("not_one_scale", scale=np.array([1, 1, 0.5], np.float32))
group_norm("not_shift", shift=np.array([0, 0, 0.5], np.float32))
group_norm("not_gamma_per_column", gamma=f(4))
group_norm("not_gamma_scalar", gamma=np.array(2, np.float32))
group_norm("not_beta_image", beta=f(1, 6, 4, 4))
group_norm("not_gamma_columns_as_many_as_channels", shape=(2, 4, 4, 4), groups=2, gamma=f(4), beta=f(4))
group_norm("not_more_axes", gamma=f(1, 1, 6, 1, 1))
group_norm("not_inner_output", outputs=("y", "m"))
group_norm("not_normal_is_output", outputs=("y", "n"))
group_norm("not_other_shape_back", back=(2, 6, 2, 8))
group_norm("not_groups_across_batch", shape=(2, 6, 4, 4), grouped=(1, 3, -1), groups=3)

# --- layer normalisation
def layer_norm(name, axis=(-1,), gamma=None, beta=None, power=2.0, divide=True, second_axis=None, outputs=("y",),
               other=False, keep=1):
    inputs = {"x": f(2, 5, 6) + 1}
    if other:
        inputs["x2"] = f(2, 5, 6)
    case("layer_norm__" + name,
         [node("ReduceMean", "x2" if other else "x", "mean", axes=list(axis), keepdims=keep), node("Sub", "x mean", "d"),
          node("Pow", "d two", "p"), node("ReduceMean", "p", "v", axes=list(second_axis or axis)),
          node("Add", "v eps", "ve"), node("Sqrt", "ve", "s"), node("Div", "d s", "n"),
          node("Mul", "n gamma", "m"), node("Add", "m beta", "y")],
         inputs, {"two": np.float32(power), "eps": np.float32(1e-5), "gamma": f(6) if gamma is None else gamma,
                  "beta": f(6) if beta is None else beta}, opset=14, outputs=outputs)


layer_norm("is_plain")
layer_norm("is_axis_2", axis=(2,))
layer_norm("not_axis_1", axis=(1,))
layer_norm("not_two_axes", axis=(1, 2))
layer_norm("not_mixed_axes", second_axis=(1,))
layer_norm("not_power_4", power=4.0)
layer_norm("not_gamma_scalar", gamma=np.array(2, np.float32))
layer_norm("not_gamma_matrix", gamma=f(5, 6))
layer_norm("not_beta_image", beta=f(2, 5, 6))
layer_norm("not_inner_output", outputs=("y", "n"))
layer_norm("not_mean_of_other", other=True)

# --- SiLU
X = {"x": f(2, 3, 4)}
XZ = {"x": f(2, 3, 4), "z": f(2, 3, 4)}
case("silu__is_plain", [node("Sigmoid", "x", "s"), node("Mul", "x s", "y")], X)
case("silu__is_swapped", [node("Sigmoid", "x", "s"), node("Mul", "s x", "y")], X)
case("silu__is_with_sigmoid_used_twice", [node("Sigmoid", "x", "s"), node("Mul", "x s", "y"), node("Neg", "s", "z")], X, outputs=("y", "z"))
case("silu__not_other_gate", [node("Sigmoid", "z", "s"), node("Mul", "x s", "y")], XZ)
case("silu__not_square", [node("Sigmoid", "x", "s"), node("Mul", "s s", "y")], X)
case("silu__not_add", [node("Sigmoid", "x", "s"), node("Add", "x s", "y")], X)
case("silu__not_tanh", [node("Tanh", "x", "s"), node("Mul", "x s", "y")], X)

# --- GELU
def gelu(name, root=2**0.5, half=0.5, one=1.0, form="product", inputs=None, gate="x", outputs=("y",), times=False, rank=()):
    scale = node("Mul", f"{gate} root", "d") if times else node("Div", f"{gate} root", "d")
    head = [scale, node("Erf", "d", "e"), node("Add", "e one", "a")]
    tail = {"product": [node("Mul", "x a", "p"), node("Mul", "p half", "y")],
            "x": [node("Mul", "x half", "h"), node("Mul", "h a", "y")],
            "left": [node("Mul", "a x", "p"), node("Mul", "half p", "y")]}[form]
    case("gelu__" + name, head + tail, inputs or {"x": f(3, 4) * 2},
         {"root": np.full(rank, root, np.float32), "half": np.full(rank, half, np.float32), "one": np.full(rank, one, np.float32)},
         outputs=outputs)


gelu("is_plain")
gelu("is_half_of_x", form="x")
gelu("is_swapped", form="left")
gelu("is_times", root=0.5**0.5, times=True)
gelu("not_04", half=0.4)
gelu("not_04_of_x", half=0.4, form="x")
gelu("not_root_3", root=3**0.5)
gelu("not_times_root_2", times=True)
gelu("not_two", one=2.0)
gelu("not_other_gate", gate="z", inputs={"x": f(3, 4), "z": f(3, 4)})
gelu("not_more_axes", rank=(1, 1, 1))
gelu("not_inner_output", outputs=("y", "a"))

# --- scaled products
Q = {"q": f(2, 3, 4, 6), "k": f(2, 3, 5, 6)}
S = {"s": np.float32(0.3), "t": np.float32(1.7)}
T = node("Transpose", "k", "kt", perm=[0, 1, 3, 2])
case("matmul__is_transposed", [T, node("MatMul", "q kt", "y")], Q)
case("matmul__is_scaled", [node("Mul", "q s", "qs"), T, node("MatMul", "qs kt", "y")], Q, S)
case("matmul__is_scaled_twice", [node("Mul", "q s", "qs"), T, node("Mul", "kt t", "ks"), node("MatMul", "qs ks", "y")], Q, S)
case("matmul__is_transposed_left", [node("Transpose", "q", "qt", perm=[0, 1, 3, 2]), node("MatMul", "qt k", "y")],
     {"q": f(2, 3, 6, 4), "k": f(2, 3, 6, 5)})
case("matmul__is_both_transposed", [node("Transpose", "q", "qt", perm=[0, 2, 1]), node("Transpose", "k", "kt", perm=[0, 2, 1]), node("MatMul", "qt kt", "y")],
     {"q": f(3, 6, 4), "k": f(3, 5, 6)})
case("matmul__is_negative_scale", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(2, 4, 6), "k": f(2, 6, 5)}, {"s": np.float32(-2)})
case("matmul__is_zero_scale", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(2, 4, 6), "k": f(2, 6, 5)}, {"s": np.float32(0)})
case("matmul__is_merged_batches", [node("Reshape", "k a", "k3"), node("Transpose", "k3", "k3t", perm=[0, 2, 1]), node("Reshape", "k3t b", "kt"), node("MatMul", "q kt", "y")],
     Q, {"a": i(6, 5, 6), "b": i(2, 3, 6, 5)})
case("matmul__not_merged_otherwise", [node("Reshape", "k a", "k3"), node("Transpose", "k3", "k3t", perm=[0, 2, 1]), node("Reshape", "k3t b", "kt"), node("MatMul", "q kt", "y")],
     Q, {"a": i(6, 6, 5), "b": i(2, 3, 6, 5)})
case("matmul__not_split_otherwise", [node("Reshape", "k a", "k3"), node("Transpose", "k3", "k3t", perm=[0, 2, 1]), node("Reshape", "k3t b", "kt"), node("MatMul", "q kt", "y")],
     {"q": f(3, 2, 4, 6), "k": f(2, 3, 5, 6)}, {"a": i(6, 5, 6), "b": i(3, 2, 6, 5)})
case("matmul__not_other_axes", [node("Transpose", "k", "kt", perm=[0, 2, 3, 1]), node("MatMul", "q kt", "y")],
     {"q": f(2, 3, 4, 6), "k": f(2, 5, 3, 6)})
case("matmul__not_all_axes", [node("Transpose", "k", "kt"), node("MatMul", "q kt", "y")],
     {"q": f(2, 4, 6), "k": f(5, 6, 2)})
case("matmul__not_scaled_by_vector", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(2, 4, 6), "k": f(2, 6, 5)}, {"s": f(6)})
case("matmul__not_scaled_at_run_time", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(2, 4, 6), "k": f(2, 6, 5), "s": np.array(2, np.float32)})
case("matmul__not_scale_with_more_axes", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(4, 6), "k": f(1, 6, 5)}, {"s": np.full((1, 1, 1), 2, np.float32)})
case("matmul__not_transposed_output", [T, node("MatMul", "q kt", "y")], Q, outputs=("y", "kt"))
case("matmul__not_scaled_output", [node("Mul", "q s", "qs"), node("MatMul", "qs k", "y")],
     {"q": f(2, 4, 6), "k": f(2, 6, 5)}, S, outputs=("y", "qs"))
case("matmul__not_same_twice", [node("Mul", "q s", "qs"), node("MatMul", "qs qs", "y")], {"q": f(2, 4, 4)}, S)
out.close()
