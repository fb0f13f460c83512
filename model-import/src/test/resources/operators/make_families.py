"""Makes families.zip: operator families in every form, by ONNX Runtime. Needs numpy, onnx, onnxruntime.

make_operators.py has what exporters of U-Nets write; here is the rest, with the numbers that break
things: NaN, infinities, halves, large integers.
"""
import itertools
import os

import numpy as np
from golden_zip import Zip, node

random = np.random.default_rng(23)
out = Zip(os.path.join(os.path.dirname(os.path.abspath(__file__)), "families.zip"))


def f(*shape):
    return random.standard_normal(shape).astype(np.float32)


def i(*values):
    return np.array(values, np.int64)


def z(*shape):
    return random.integers(-9, 9, shape)


WILD = np.array([np.nan, np.inf, -np.inf, -100, -30, -2.5, -1.5, -0.5, -1e-6, 0, 1e-6, 0.5, 1.5, 2.5, 30, 100], np.float32)
LARGE = i(-7, -3, 0, 3, 7, 2**53 + 1, -2**53 - 1)
HALF = WILD[3:]

# --- one number
for op in ("Neg", "Abs", "Floor", "Ceil", "Round", "Reciprocal", "Exp", "Sqrt", "Softsign"):
    out.case("wild_" + op.lower(), node(op, "x", "y"), {"x": WILD})
for op in ("LeakyRelu", "Elu", "Selu", "HardSigmoid", "HardSwish", "Softplus", "ThresholdedRelu", "Mish", "Celu"):
    out.case("wild_" + op.lower(), node(op, "x", "y"), {"x": HALF}, opset=18)
for op, kwargs in (("LeakyRelu", dict(alpha=0.3)), ("Elu", dict(alpha=2.0)), ("Selu", dict(alpha=2.0, gamma=3.0)),
                   ("HardSigmoid", dict(alpha=0.3, beta=0.4)), ("Celu", dict(alpha=2.0)), ("ThresholdedRelu", dict(alpha=0.3))):
    out.case("attribute_" + op.lower(), node(op, "x", "y", **kwargs), {"x": HALF}, opset=18)
out.case("prelu_channels", node("PRelu", "x s", "y"), {"x": f(2, 3, 4, 4)}, {"s": f(3, 1, 1)})
out.case("prelu_one", node("PRelu", "x s", "y"), {"x": f(2, 3, 4)}, {"s": f(1)})
for op in ("Neg", "Abs"):
    out.case("longs_" + op.lower(), node(op, "x", "y"), {"x": LARGE})
for op in ("Sqrt", "Exp", "Log", "Sin", "Cos", "Round", "Neg", "Abs", "Floor", "Sigmoid", "Tanh", "Erf"):
    if op != "Erf":
        out.case("double_" + op.lower(), node(op, "x", "y"), {"x": np.abs(random.standard_normal((3, 4)))})

# --- two numbers
for op in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
    out.case("wild_" + op.lower(), node(op, "a b", "y"), {"a": WILD, "b": WILD[::-1].copy()})
    out.case("wild_row_" + op.lower(), node(op, "a b", "y"), {"a": WILD, "b": WILD[:, None].copy()})
    for kind in (np.float64, np.int32, np.int64):
        a, b = f(2, 3, 4) * 9, np.abs(f(3, 1) * 9) + 1
        out.case(f"{op.lower()}_{np.dtype(kind).name}", node(op, "a b", "y"), {"a": a.astype(kind), "b": b.astype(kind)})
    out.case(f"{op.lower()}_one_element_more_axes", node(op, "a b", "y"), {"a": f(4), "b": f(1, 1)})
    out.case(f"{op.lower()}_one_element_fewer_axes", node(op, "a b", "y"), {"a": f(1, 1, 1), "b": f(3)})
    out.case(f"{op.lower()}_longs", node(op, "a b", "y"), {"a": LARGE, "b": i(3, -3, 5, -5, 2, 3, 3)})
for fmod in (0, 1):
    # ONNX Runtime's own fmod of longs goes through doubles
    out.case(f"mod_longs_{fmod}", node("Mod", "a b", "y", fmod=fmod), {"a": LARGE if fmod == 0 else LARGE % 2**40, "b": i(3, -3, 5, -5, 2, 3, 3)})
    out.case(f"mod_long_constant_{fmod}", node("Mod", "a b", "y", fmod=fmod), {"a": z(3, 4)}, {"b": i(3)})
out.case("mod_floats", node("Mod", "a b", "y", fmod=1), {"a": HALF, "b": HALF[::-1].copy() + 0.7})
out.refused("div_by_zero", node("Div", "a b", "y"), {"a": i(1, 2)}, "contains 0", {"b": i(1, 0)})
out.case("pow_ints", node("Pow", "a b", "y"), {"a": i(1, 2, -3), "b": i(3, 5, 3)})
out.case("pow_mixed", node("Pow", "a b", "y"), {"a": f(3) + 4, "b": i(3, 5, 3)})
out.case("pow_wild", node("Pow", "a b", "y"), {"a": np.abs(WILD[1:]), "b": np.array(1.5, np.float32)})
for op in ("Sum", "Mean", "Max", "Min"):
    out.case(op.lower() + "_three", node(op, "a b c", "y"), {"a": f(2, 3), "b": f(3), "c": f(2, 1)})
    out.case(op.lower() + "_single", node(op, "a", "y"), {"a": f(2, 3)})
for op in ("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"):
    out.case("wild_" + op.lower(), node(op, "a b", "y"), {"a": WILD, "b": WILD[:, None].copy()})
    out.case(op.lower() + "_longs", node(op, "a b", "y"), {"a": LARGE, "b": LARGE[:, None] + 1})
    out.case(op.lower() + "_one_element", node(op, "a b", "y"), {"a": LARGE, "b": i(3).reshape(1, 1)})
out.case("equal_bools", node("Equal", "a b", "y"), {"a": np.array([True, False]), "b": np.array([[True], [False]])})
for op in ("And", "Or", "Xor"):
    out.case(op.lower(), node(op, "a b", "y"), {"a": np.array([True, False]), "b": np.array([[True], [False]])})
out.case("not", node("Not", "a", "y"), {"a": np.array([True, False])})
out.case("isnan", node("IsNaN", "x", "y"), {"x": WILD})
out.case("isinf", node("IsInf", "x", "y"), {"x": WILD})
for kind in (np.float32, np.float64, np.int32, np.int64):
    if kind != np.int32:
        out.case(f"where_{np.dtype(kind).name}", node("Where", "c a b", "y"), {"c": np.array([[True], [False]]), "a": z(3).astype(kind), "b": z(4, 1, 3).astype(kind)})
out.case("where_nan", node("Where", "c a b", "y"), {"c": WILD > 0, "a": WILD, "b": np.zeros(1, np.float32)})
out.case("clip_run_time", node("Clip", "x a b", "y"), {"x": WILD, "a": np.array(-2, np.float32), "b": np.array(1, np.float32)})
out.case("clip_min", node("Clip", "x a", "y"), {"x": WILD}, {"a": np.array(-2, np.float32)})
out.case("clip_max", node("Clip", "x _ b", "y"), {"x": LARGE}, {"b": np.array(5, np.int64)})
out.case("clip_6", node("Clip", "x", "y", min=-1.0, max=2.0), {"x": HALF}, opset=6 + 1)
out.case("clip_none", node("Clip", "x", "y"), {"x": WILD})

# --- softmax
for opset, axis, op in itertools.product((11, 13), (0, 1, 2, 3, -2), ("Softmax", "LogSoftmax")):
    out.case(f"{op.lower()}_{opset}_axis_{axis}", node(op, "x", "y", axis=axis), {"x": f(2, 3, 4, 2)}, opset=opset)
out.case("logsoftmax_large", node("LogSoftmax", "x", "y"), {"x": f(3, 4) * 1000})
out.case("logsoftmax_one", node("LogSoftmax", "x", "y"), {"x": f(3, 1)})

# --- products
for a, b in (((4,), (4,)), ((4,), (4, 3)), ((2, 4), (4,)), ((4,), (2, 4, 3)), ((2, 3, 4), (4,)), ((2, 1, 3, 4), (5, 4, 2)),
             ((1, 3, 4), (2, 5, 4, 2)), ((3, 4), (2, 4, 3)), ((1, 1), (1, 1)), ((2, 1, 1), (1, 1))):
    name = "x".join(map(str, a)) + "_by_" + "x".join(map(str, b))
    out.case("matmul_" + name, node("MatMul", "a b", "y"), {"a": f(*a), "b": f(*b)})
out.case("matmul_double", node("MatMul", "a b", "y"), {"a": random.standard_normal((2, 3, 4)), "b": random.standard_normal((4, 2))})
for ta, tb in itertools.product((0, 1), (0, 1)):
    out.case(f"gemm_{ta}{tb}", node("Gemm", "a b c", "y", transA=ta, transB=tb, alpha=0.3, beta=1.7),
             {"a": f(*((4, 6)[::-1] if ta else (4, 6))), "b": f(*((6, 5)[::-1] if tb else (6, 5))), "c": f(5)})
for k, (equation, *shapes) in enumerate([
        ("ij,jk->ik", (2, 3), (3, 4)), ("bhid,bhjd->bhij", (2, 3, 4, 5), (2, 3, 6, 5)), ("bhij,bhjd->bhid", (2, 3, 4, 6), (2, 3, 6, 5)),
        ("b i d, b j d -> b i j", (2, 3, 4), (2, 5, 4)), ("bct,bcs->bts", (2, 3, 4), (2, 3, 5)), ("bts,bcs->bct", (2, 4, 5), (2, 3, 5)),
        ("i,j->ij", (3,), (4,)), ("i,i->", (3,), (3,)), ("i,i", (3,), (3,)), ("ij,kl->", (2, 3), (4, 5)), ("ij,ij->ij", (2, 3), (2, 3)),
        ("ij,jk->ki", (2, 3), (3, 4)), ("...ij,...jk->...ik", (2, 3, 4), (2, 4, 5)), ("...ij,jk->...ik", (2, 3, 4), (4, 5)),
        ("ij,jk", (2, 3), (3, 4)), ("ba,cb", (2, 3), (4, 2)), ("ijk,jil->kl", (2, 3, 4), (3, 2, 5)), ("abc,cd->bd", (2, 3, 4), (4, 5)),
        ("nchw,nc->nchw", (2, 3, 4, 5), (2, 3)), ("ij->ji", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("bij->b", (2, 3, 4)),
        ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("i,ij,j->", (2,), (2, 3), (3,))]):
    operands = [chr(ord("p") + n) for n in range(len(shapes))]
    out.case(f"einsum_{k}", node("Einsum", " ".join(operands), "y", equation=equation), dict(zip(operands, (f(*s) for s in shapes))))
out.refused("einsum_labels", node("Einsum", "p", "y", equation="ij->ik"), {"p": f(2, 3)}, "equation=ij->ik")
out.refused("einsum_rank", node("Einsum", "p", "y", equation="ijk->ik"), {"p": f(2, 3)}, "equation=ijk->ik")

# --- convolutions
for name, channels, outs, groups in (("depthwise", 6, 6, 6), ("depthwise_twice", 6, 12, 6), ("two_groups", 6, 4, 2), ("few_channels", 3, 3, 3), ("three_of_two", 6, 9, 3)):
    w, b = f(outs, channels // groups, 3, 3), f(outs)
    for key, kwargs in (("plain", {}), ("padded", dict(pads=[1, 1, 1, 1])), ("uneven", dict(pads=[0, 1, 2, 1], strides=[2, 1])), ("dilated", dict(dilations=[2, 1]))):
        out.case(f"conv_{name}_{key}", node("Conv", "x w b", "y", group=groups, **kwargs), {"x": f(2, channels, 7, 6)}, {"w": w, "b": b})
    out.case(f"conv_{name}_run_time", node("Conv", "x w", "y", group=groups), {"x": f(2, channels, 7, 6), "w": w})
    w = f(outs, channels // groups, 3)
    for key, kwargs in (("plain", {}), ("strided", dict(strides=[2], pads=[1, 1])), ("uneven", dict(pads=[0, 2])), ("dilated", dict(dilations=[2])), ("same", dict(auto_pad="SAME_UPPER", strides=[2]))):
        out.case(f"conv1d_{name}_{key}", node("Conv", "x w b", "y", group=groups, **kwargs), {"x": f(2, channels, 8)}, {"w": w, "b": b})
out.case("conv_dilated_run_time", node("Conv", "x w", "y", dilations=[2, 3]), {"x": f(1, 2, 9, 9), "w": f(3, 2, 2, 3)})
out.refused("conv_3d", node("Conv", "x w", "y"), {"x": f(1, 2, 3, 3, 3)}, "rank 5", {"w": f(2, 2, 2, 2, 2)})
for name, kwargs in (("plain", {}), ("strided", dict(strides=[2, 3])), ("padded", dict(strides=[2, 2], pads=[1, 1, 1, 1])), ("uneven", dict(pads=[0, 1, 1, 0], strides=[2, 2])),
                     ("output_padding", dict(strides=[3, 3], output_padding=[1, 2])), ("dilated", dict(dilations=[2, 1])), ("dilated_output_padding", dict(dilations=[2, 2], strides=[2, 2], output_padding=[1, 1])),
                     ("output_shape", dict(strides=[2, 2], output_shape=[7, 8])), ("same_upper", dict(strides=[2, 2], auto_pad="SAME_UPPER")), ("same_lower", dict(strides=[2, 2], auto_pad="SAME_LOWER"))):
    for groups in (1, 2):
        out.case(f"deconv_{name}_{groups}", node("ConvTranspose", "x w b", "y", group=groups, **kwargs), {"x": f(2, 4, 3, 4)}, {"w": f(4, 6 // groups, 3, 3), "b": f(6)})
out.case("deconv_no_bias", node("ConvTranspose", "x w", "y", strides=[2, 2]), {"x": f(2, 4, 3, 4)}, {"w": f(4, 3, 2, 2)})
out.case("deconv_run_time", node("ConvTranspose", "x w", "y", dilations=[2, 2]), {"x": f(2, 4, 3, 4), "w": f(4, 3, 2, 2)})
for name, kwargs in (("plain", {}), ("strided", dict(strides=[2], pads=[1, 1], output_padding=[1])), ("dilated", dict(dilations=[2]))):
    out.case("deconv1d_" + name, node("ConvTranspose", "x w b", "y", **kwargs), {"x": f(2, 4, 5)}, {"w": f(4, 3, 3), "b": f(3)})

# --- pooling
for op in ("MaxPool", "AveragePool"):
    for name, shape, kwargs in (
            ("padded", (2, 3, 6, 7), dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])), ("uneven", (2, 3, 6, 7), dict(kernel_shape=[3, 2], pads=[0, 1, 2, 0], strides=[2, 1])),
            ("ceil_padded", (2, 3, 6, 7), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)), ("ceil_small", (1, 1, 2, 2), dict(kernel_shape=[1, 1], strides=[2, 2], ceil_mode=1)),
            ("same_upper", (1, 2, 5, 6), dict(kernel_shape=[2, 2], auto_pad="SAME_UPPER")), ("same_lower", (1, 2, 5, 6), dict(kernel_shape=[2, 2], auto_pad="SAME_LOWER")),
            ("1d", (2, 3, 9), dict(kernel_shape=[3], strides=[2], pads=[1, 0])), ("3d", (1, 2, 4, 5, 4), dict(kernel_shape=[2, 2, 2], pads=[0, 1, 0, 1, 0, 0])),
            ("dilated", (1, 2, 7, 8), dict(kernel_shape=[2, 3], dilations=[2, 1], pads=[1, 0, 0, 1]))):
        for include in ((0, 1) if op == "AveragePool" else (None,)):
            more = {} if include is None else {"count_include_pad": include}
            out.case(f"{op.lower()}_{name}" + ("_included" if include else ""), node(op, "x", "y", **kwargs, **more), {"x": f(*shape) - 2}, opset=19)
out.case("global_max_pool", node("GlobalMaxPool", "x", "y"), {"x": f(2, 3, 4, 5)})
out.case("global_average_pool_of_one", node("GlobalAveragePool", "x", "y"), {"x": f(2, 3, 1, 1)})

# --- resizing
I = {"x": f(1, 2, 5, 6)}
for mode, coordinates in itertools.product(("nearest", "linear", "cubic"), ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric")):
    if (mode, coordinates) == ("nearest", "half_pixel_symmetric"):
        out.refused("resize_nearest_symmetric", node("Resize", "x _ _ s", "y", mode=mode, coordinate_transformation_mode=coordinates), I, coordinates, {"s": i(1, 2, 3, 4)}, opset=19)
        continue
    for size in ((10, 12), (8, 9), (3, 4), (1, 5)):
        for nearest in (("floor", "ceil", "round_prefer_floor", "round_prefer_ceil") if mode == "nearest" else ("floor",)):
            more = {"nearest_mode": nearest} if mode == "nearest" else {}
            key = f"resize_{mode}_{coordinates}_{size[0]}x{size[1]}" + ("_" + nearest if more else "")
            out.case(key, node("Resize", "x _ _ s", "y", mode=mode, coordinate_transformation_mode=coordinates, **more), I, {"s": i(1, 2, *size)}, opset=19, crowded=False, folded=False)
for scale in (2, 1.5, 0.6, 0.4):
    for mode in ("nearest", "linear", "cubic"):
        out.case(f"resize_{mode}_by_{int(10 * scale)}_tenths", node("Resize", "x _ s", "y", mode=mode), I, {"s": np.array([1, 1, scale, scale], np.float32)}, opset=19)
out.case("resize_exclude_outside", node("Resize", "x _ s", "y", mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5), I, {"s": np.array([1, 1, 2, 2], np.float32)})
out.case("resize_3d", node("Resize", "x _ s", "y", mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"), {"x": f(1, 2, 5)}, {"s": np.array([1, 1, 2], np.float32)})
out.case("upsample_9", node("Upsample", "x s", "y", mode="nearest"), I, {"s": np.array([1, 1, 2, 3], np.float32)}, opset=9)
out.case("upsample_7", node("Upsample", "x", "y", mode="nearest", scales=[1.0, 1.0, 2.0, 2.0]), I, opset=7)
out.case("resize_10", node("Resize", "x s", "y", mode="nearest"), I, {"s": np.array([1, 1, 2, 2], np.float32)}, opset=10)

# --- picking and placing
T = {"x": f(3, 4, 5)}
for axis in (0, 1, -1):
    size = T["x"].shape[axis]
    index = random.integers(-size, size, (2, 3, 4))
    out.case(f"gather_elements_{axis}", node("GatherElements", "x i", "y", axis=axis), {**T, "i": index})
    order = np.argsort(random.standard_normal((2, 3, size)), axis=2)[..., :2].swapaxes(axis, 2)
    order = order[:3, :4, :5].copy()
    out.case(f"scatter_elements_{axis}", node("ScatterElements", "x i u", "y", axis=axis), {**T, "i": order - size * (order > 1), "u": f(*order.shape)}, opset=18)
out.case("gather_table", node("Gather", "x i", "y"), {"x": f(7), "i": z(2, 3) % 7})
out.case("gather_negative_run_time", node("Gather", "x i", "y", axis=1), {**T, "i": i(-1, 0, -4)})
out.case("gather_int32_run_time", node("Gather", "x i", "y"), {**T, "i": np.array([-1, 1], np.int32)})
out.case("gather_longs", node("Gather", "x i", "y"), {"x": LARGE, "i": i(-1, 5)})
for batch, indices in ((0, [[0, 1], [2, -1]]), (0, [[1], [-1]]), (1, [[1], [0], [-1]]), (0, [[0, 1, 2], [2, 3, 4]])):
    out.case(f"gather_nd_{batch}_{len(indices[0])}", node("GatherND", "x i", "y", batch_dims=batch), {**T, "i": np.array(indices)})
for reduction in ("none", "add", "mul", "max", "min"):
    out.case(f"scatter_nd_{reduction}", node("ScatterND", "x i u", "y", reduction=reduction), {**T, "i": i(2, 0).reshape(2, 1), "u": f(2, 4, 5)}, opset=18)
    out.case(f"scatter_nd_points_{reduction}", node("ScatterND", "x i u", "y", reduction=reduction), {**T, "i": np.array([[2, 0, 1], [0, -1, 2]]), "u": f(2)}, opset=18)
out.case("scatter_nd_twice", node("ScatterND", "x i u", "y", reduction="add"), {**T, "i": i(2, 2).reshape(2, 1), "u": f(2, 4, 5)}, opset=18)
ties = np.array([[3, 1, 3, 2, 1, 3], [0, 0, 0, 0, 0, 0]], np.float32)
for largest, axis in itertools.product((0, 1), (0, 1)):
    out.case(f"topk_{largest}_{axis}", node("TopK", "x k", "y z", axis=axis, largest=largest), {"x": ties}, {"k": i(2)}, outputs=("y", "z"))
    out.case(f"topk_3d_{largest}_{axis}", node("TopK", "x k", "y z", axis=axis, largest=largest), T, {"k": i(3)}, outputs=("y", "z"))
out.case("topk_longs", node("TopK", "x k", "y z"), {"x": LARGE}, {"k": i(3)}, outputs=("y", "z"))
for op, last, keep in itertools.product(("ArgMax", "ArgMin"), (0, 1), (0, 1)):
    out.case(f"{op.lower()}_{last}{keep}", node(op, "x", "y", axis=1, select_last_index=last, keepdims=keep), {"x": ties})
out.case("argmax_of_one", node("ArgMax", "x", "y", axis=1), {"x": f(3, 1)})
for exclusive, reverse in itertools.product((0, 1), (0, 1)):
    for name, x in (("floats", T["x"]), ("longs", LARGE.reshape(7, 1) + z(7, 2)), ("ints", z(2, 5).astype(np.int32))):
        for axis in (0, -1):
            out.case(f"cumsum_{name}_{axis}_{exclusive}{reverse}", node("CumSum", "x a", "y", exclusive=exclusive, reverse=reverse), {"x": x}, {"a": np.array(axis)})
for upper, k in itertools.product((0, 1), (-1, 0, 2)):
    out.case(f"trilu_{upper}_{k}", node("Trilu", "x k", "y", upper=upper), {"x": np.stack([f(4, 5), WILD[:1] * np.ones((4, 5), np.float32)])}, {"k": np.array(k)})
    out.case(f"trilu_longs_{upper}_{k}", node("Trilu", "x k", "y", upper=upper), {"x": z(4, 4)}, {"k": np.array(k)})
for mode in ("reflect", "edge", "wrap"):
    out.case("pad_uneven_" + mode, node("Pad", "x p", "y", mode=mode), T, {"p": i(0, 1, 2, 1, 0, 3)}, opset=19)
    out.case("pad_cropping_" + mode, node("Pad", "x p", "y", mode=mode), {"x": f(4, 5)}, {"p": i(-1, 0, 1, 2)}, opset=19) if mode == "edge" else None
out.case("pad_axes", node("Pad", "x p v a", "y"), T, {"p": i(1, 2, 0, 1), "v": np.array(7, np.float32), "a": i(0, -1)}, opset=18)
out.case("pad_value_run_time", node("Pad", "x p v", "y"), {**T, "v": np.array(7, np.float32)}, {"p": i(0, 1, 2, 1, 0, 3)})
out.case("pad_crop_all_around", node("Pad", "x p", "y"), T, {"p": i(0, -1, 0, -1, -1, -2)})
for mode in ("DCR", "CRD"):
    out.case("depth_to_space_" + mode, node("DepthToSpace", "x", "y", blocksize=2, mode=mode), {"x": f(2, 8, 2, 3)})
out.case("space_to_depth", node("SpaceToDepth", "x", "y", blocksize=2), {"x": f(2, 3, 4, 6)})
out.case("tile", node("Tile", "x r", "y"), T, {"r": i(2, 1, 3)})
out.case("tile_bools", node("Tile", "x r", "y"), {"x": np.array([[True, False]])}, {"r": i(2, 3)})
out.case("size", node("Size", "x", "y"), T)

# --- reductions
for op in ("ReduceMean", "ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"):
    x = np.abs(f(3, 4, 1, 5)) + 0.1
    for name, axes, keep in (("all", None, 0), ("middle", [1], 1), ("two", [0, -1], 0), ("of_one", [2], 1), ("of_one_gone", [2], 0), ("one_and_more", [1, 2], 0)):
        key = f"{op.lower()}_{name}"
        if axes is None:
            out.case(key, node(op, "x", "y", keepdims=keep), {"x": x}, opset=18)
        else:
            out.case(key, node(op, "x a", "y", keepdims=keep), {"x": x}, {"a": i(*axes)}, opset=18)
    if op in ("ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceSumSquare"):
        out.case(op.lower() + "_longs", node(op, "x a", "y"), {"x": z(3, 4)}, {"a": i(1)}, opset=18)
out.case("reducelogsumexp_large", node("ReduceLogSumExp", "x", "y"), {"x": f(3, 4) * 1000}, opset=18)
out.case("reducemax_bools", node("ReduceMax", "x a", "y"), {"x": np.array([[True, False], [False, False]])}, {"a": i(1)}, opset=20)

# --- normalisations
for axis in (-1, 1, 2, 0):
    shape = (2, 3, 4)
    tail = shape[axis:]
    out.case(f"layer_norm_from_{axis}", node("LayerNormalization", "x s b", "y m v", axis=axis), {"x": f(*shape)}, {"s": f(*tail), "b": f(*tail)}, outputs=("y", "m", "v"))
    out.case(f"rms_norm_from_{axis}", node("RMSNormalization", "x s", "y", axis=axis, epsilon=1e-3), {"x": f(*shape)}, {"s": f(*tail)}, opset=23)
out.case("batch_norm_run_time", node("BatchNormalization", "x s b m v", "y"), {"x": f(2, 3, 4, 4), "s": f(3), "b": f(3), "m": f(3), "v": np.abs(f(3)) + 0.1})
out.case("instance_norm_run_time", node("InstanceNormalization", "x s b", "y"), {"x": f(2, 3, 4, 4), "s": f(3), "b": f(3)})

# --- attention
Q4 = {"q": f(2, 4, 3, 6), "k": f(2, 4, 5, 6), "v": f(2, 4, 5, 7)}
Q3 = {"q": f(2, 3, 24), "k": f(2, 5, 24), "v": f(2, 5, 28)}
heads = dict(q_num_heads=4, kv_num_heads=4)
out.case("attention_4d", node("Attention", "q k v", "y"), Q4, opset=23)
out.case("attention_3d", node("Attention", "q k v", "y", **heads), Q3, opset=23)
out.case("attention_scale", node("Attention", "q k v", "y", scale=0.3), Q4, opset=23)
out.case("attention_softcap", node("Attention", "q k v", "y", softcap=2.0), Q4, opset=23)
out.case("attention_causal", node("Attention", "q k v", "y", is_causal=1), Q4, opset=23)
out.case("attention_mask", node("Attention", "q k v m", "y"), {**Q4, "m": f(3, 5)}, opset=23)
out.case("attention_bool_mask", node("Attention", "q k v m", "y"), Q4, {"m": np.array([[True, True, False, True, False]] * 3)}, opset=23)

# --- quantised weights
q8 = np.array([[-128, -3, 0], [5, 100, 127]], np.int8)
u8 = np.array([[0, 3, 128], [5, 100, 255]], np.uint8)
for name, q, point in (("int8", q8, np.int8(3)), ("uint8", u8, np.uint8(128))):
    out.case(f"dequantize_{name}", [node("DequantizeLinear", "q s p", "w"), node("Add", "x w", "y")], {"x": f(2, 3)}, {"q": q, "s": np.float32(0.02), "p": point})
    out.case(f"dequantize_{name}_no_point", [node("DequantizeLinear", "q s", "w"), node("Add", "x w", "y")], {"x": f(2, 3)}, {"q": q, "s": np.float32(0.02)})
    out.case(f"dequantize_{name}_axis", [node("DequantizeLinear", "q s p", "w", axis=0), node("Add", "x w", "y")], {"x": f(2, 3)}, {"q": q, "s": np.abs(f(2)), "p": np.array([point, 1], q.dtype)})
    out.case(f"quantize_{name}", [node("QuantizeLinear", "x s p", "q"), node("DequantizeLinear", "q s p", "y")], {"x": np.array([-500, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 500], np.float32)}, {"s": np.float32(1), "p": point})
out.refused("add_int8", node("Add", "q q", "y"), {"x": f(2, 3)}, "BYTE", {"q": q8})
out.close()
