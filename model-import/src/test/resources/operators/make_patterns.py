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
# --- attention between pixels
def attention(name, shape=(2, 6, 4, 3), heads=3, torchscript=False, swap=False, outputs=("y",), groups=2, alpha=0.7,
              axis=-1, mask=False, other=None, split=None, order=(0, 2, 1, 3), back=None, bias=None, mix=1.0,
              no_bias=False, wide=False, reads=(), flat=True, late_scale=False, native=False, shared=False):
    """q, k and v are linear layers of the normalised pixels; other, split, ... make something else of it."""
    batch, channels, height, width = shape
    pixels, depth = height * width, channels // heads
    inner = channels * 2 if wide else channels
    depth = depth * 2 if wide else depth
    constants = {"flat": i(batch, channels, pixels), "grouped": i(0, groups, -1), "ones": np.ones(groups, np.float32),
                 "zeros": np.zeros(groups, np.float32),
                 "gamma": f(channels) if native else f(channels, 1), "beta": f(channels) if native else f(channels, 1),
                 "split": i(*(split or (batch, pixels, heads, depth))), "join": i(batch, pixels, inner),
                 "image": i(*(back or shape)), "s": np.float32(alpha ** 0.5),
                 "k3": i(batch * heads, pixels, depth), "k4": i(batch, heads, depth, pixels), "mix": np.float32(mix)}
    for letter in "qkv":
        constants["w" + letter] = f(channels, inner) * 0.5
        constants["b" + letter] = f(inner)
    constants["wo"], constants["bo"] = f(inner, channels) * 0.5, f(channels)
    if bias is not None:
        constants["bq"] = bias
    inputs = {"x": f(*shape)}
    nodes = [node("Reshape", "x flat", "r")] if flat else []
    if not flat:
        inputs = {"r": f(batch, channels, pixels)}
    if native:
        nodes.append(node("GroupNormalization", "r gamma beta", "n", num_groups=groups, epsilon=1e-3))
    else:
        nodes += [node("Reshape", "r grouped", "g"), node("InstanceNormalization", "g ones zeros", "gn", epsilon=1e-3),
                  node("Reshape", "gn flat", "gb"), node("Mul", "gb gamma", "gm"), node("Add", "gm beta", "n")]
    nodes.append(node("Transpose", "n", "p", perm=[0, 2, 1]))
    source = {"q": "p", "k": "p", "v": "p"}
    if other:
        inputs["z"] = f(batch, pixels, channels)
        source.update({letter: "z" for letter in other})
    for letter in "qkv":
        if no_bias and letter == "k":
            nodes.append(node("MatMul", f"{source[letter]} w{letter}", f"l{letter}"))
        else:
            nodes += [node("MatMul", f"{source[letter]} w{letter}", f"m{letter}"),
                      node("Add", f"b{letter} m{letter}" if swap else f"m{letter} b{letter}", f"l{letter}")]
        nodes.append(node("Reshape", f"l{letter} split", f"h{letter}"))
    order = list(order)
    nodes.append(node("Transpose", "hq", "tq", perm=order))
    if torchscript:
        nodes.append(node("Transpose", "hk", "kt", perm=[order[0], order[1], order[3], order[2]]))
    else:
        nodes += [node("Transpose", "hk", "tk", perm=order), node("Reshape", "tk k3", "k3r"),
                  node("Transpose", "k3r", "k3t", perm=[0, 2, 1]), node("Reshape", "k3t k4", "kt")]
    value = "tq" if shared else "tv"
    nodes += [node("Transpose", "hv", "tv", perm=order), node("Mul", "tq s", "qs"), node("Mul", "kt s", "ks"),
              node("MatMul", "qs ks", "raw")]
    scores = "raw"
    if mask:
        constants["mask"] = f(pixels, pixels)
        nodes.append(node("Add", "raw mask", "masked"))
        scores = "masked"
    nodes.append(node("Softmax", scores, "weights", axis=axis))
    if late_scale:
        nodes.append(node("Mul", "weights mix", "scaled"))
    nodes += [node("MatMul", f"{'scaled' if late_scale else 'weights'} {value}", "a"),
              node("Transpose", "a", "at", perm=[0, 2, 1, 3]), node("Reshape", "at join", "j"), node("MatMul", "j wo", "mo"),
              node("Add", "bo mo" if swap else "mo bo", "lo"), node("Transpose", "lo", "ot", perm=[0, 2, 1]),
              node("Reshape", "ot image", "y")]
    nodes += [node("Neg", tensor, "read_" + tensor) for tensor in reads]
    case("attention__" + name, nodes, inputs, constants, outputs=outputs + tuple("read_" + t for t in reads),
         **({"opset": 21} if native else {}))


attention("is_plain")
attention("is_torchscript", torchscript=True)
attention("is_native_norm", native=True)
attention("is_swapped", swap=True)
attention("is_one_head", heads=1)
attention("is_head_per_channel", heads=6)
attention("is_single_image", shape=(1, 6, 4, 4))
attention("is_one_pixel", shape=(2, 6, 1, 1))
attention("is_last_axis_3", axis=3)
attention("is_as_many_pixels_as_channels", shape=(2, 6, 2, 3), heads=2)
attention("is_as_many_heads_as_depth", shape=(2, 9, 3, 3), heads=3, groups=3)
attention("is_with_input_used_twice", reads=("x",))
attention("not_softmax_over_queries", axis=2)
attention("not_masked", mask=True)
attention("not_scaled_after_softmax", late_scale=True, mix=0.5)
attention("not_values_are_queries", shared=True)
attention("not_queries_of_other", other="q")
attention("not_keys_of_other", other="k")
attention("not_cross", other="kv")
attention("not_without_bias", no_bias=True)
attention("not_bias_per_pixel", bias=f(12, 6))
attention("not_bias_scalar", bias=np.array(0.4, np.float32))
attention("not_wider", wide=True)
attention("not_other_split", shape=(2, 6, 2, 3), heads=2, split=(2, 2, 6, 3), order=(0, 1, 2, 3))
attention("not_image_turned", back=(2, 6, 3, 4))
attention("not_image_flat", back=(2, 6, 12, 1))
attention("not_of_sequence", flat=False)
for tensor in ("r", "n", "p", "mq", "lq", "hk", "tv", "raw", "weights", "a", "j", "lo", "ot"):
    attention("not_read_" + tensor, reads=(tensor,))
for tensor in ("n", "p", "lv", "weights", "at", "mo"):
    attention("not_output_" + tensor, outputs=("y", tensor))

# --- tensors that repeat earlier ones
def join(name, slices, last="a b", axis=-1, parts="s c", outputs=("y",), shape=(2, 4), **how):
    case("slice__" + name,
         [node("Sin", "x", "s"), node("Cos", "x", "c"), node("Concat", parts, "j", axis=axis)]
         + [node("Slice", "j " + operands, out) for operands, out in slices]
         + [node("Concat", last, "y", axis=axis)],
         {"x": f(*shape)},
         {"zero": i(0), "four": i(4), "eight": i(8), "two": i(2), "one": i(1), "minus": i(-1), "minus4": i(-4), "minus5": i(-5),
          "far": i(2**63 - 1), "last": i(-1), "first": i(0)}, outputs=outputs, **how)


join("is_turned", [("four eight last", "a"), ("zero four last", "b")])
join("is_turned_to_end", [("four far last", "a"), ("zero four last one", "b")])
join("is_from_end", [("minus4 far last", "a"), ("zero minus4 last", "b")])
join("is_axis_1", [("four eight one", "a"), ("zero four one", "b")])
join("is_three_parts", [("four eight last", "a"), ("zero four last", "b")], parts="s c s")
join("not_shifted", [("one eight last", "a"), ("zero four last", "b")])
join("not_short", [("four eight last", "a"), ("zero two last", "b")], last="a b")
join("not_across", [("two eight last", "a"), ("zero two last", "b")])
join("not_strided", [("zero eight last two", "a"), ("one eight last two", "b")])
join("not_backwards", [("eight minus5 last minus", "a"), ("zero four last", "b")])
join("not_other_axis", [("zero two first", "a"), ("zero one first", "b")], last="a a")
join("not_output", [("four eight last", "a"), ("zero four last", "b")], outputs=("y", "a"), crowded=False)
XD = {"x": f(2, 3)}
case("cast__is_same_type", [node("Cast", "x", "c", to=1), node("Neg", "c", "y")], XD, crowded=False)
case("cast__is_identity", [node("Identity", "x", "c"), node("Neg", "c", "y")], XD, crowded=False)
case("cast__is_chain", [node("Cast", "x", "c", to=1), node("Identity", "c", "d"), node("Neg", "d", "y")], XD, crowded=False)
case("cast__not_output", [node("Cast", "x", "c", to=1), node("Neg", "c", "y")], XD, outputs=("c", "y"), crowded=False)
case("cast__not_input_repeated", [node("Identity", "x", "y")], XD, crowded=False)
case("cast__not_other_type", [node("Cast", "x", "c", to=7), node("Cast", "c", "d", to=1), node("Neg", "d", "y")], XD, crowded=False)
out.close()
