"""Makes contrib.zip: the operators of com.microsoft that ONNX Runtime's offline optimiser writes on a CPU.

Needs numpy, onnx, onnxruntime.
"""
import os

import numpy as np
from golden_zip import Zip, node

random = np.random.default_rng(29)
out = Zip(os.path.join(os.path.dirname(os.path.abspath(__file__)), "contrib.zip"))
MS = "com.microsoft"


def f(*shape):
    return random.standard_normal(shape).astype(np.float32)


def case(name, op, inputs, outputs, feeds, constants=None, **attributes):
    names = tuple(x for x in outputs.split() if x != "_")
    out.case(name, node(op, inputs, outputs, domain=MS, **attributes), feeds, constants, domains=(MS,), outputs=names)


def refused(name, op, inputs, outputs, feeds, says, constants=None, **attributes):
    out.refused(name, node(op, inputs, outputs, domain=MS, **attributes), feeds, says, constants, domains=(MS,))


X = {"x": f(1, 3, 6, 7)}
W = {"w": f(5, 3, 3, 3), "b": f(5)}
for activation, params in (("Relu", []), ("Sigmoid", []), ("Tanh", []), ("LeakyRelu", [0.2]), ("Clip", [-0.5, 0.7]), ("HardSigmoid", [0.3, 0.4])):
    more = {"activation_params": params} if params else {}
    case("fused_conv_" + activation.lower(), "FusedConv", "x w b", "y", X, W, activation=activation, pads=[1, 1, 1, 1], **more)
case("fused_conv_sum", "FusedConv", "x w b z", "y", {**X, "z": f(1, 5, 4, 5)}, W, activation="Relu")
case("fused_conv_groups", "FusedConv", "x w", "y", {"x": f(1, 4, 6, 7)}, {"w": f(4, 2, 3, 3)}, activation="Relu", group=2)
refused("fused_conv_unknown", "FusedConv", "x w", "y", X, "activation=Swirl", {"w": W["w"]}, activation="Swirl")

A = {"a": f(4, 6)}
for activation in ("Relu", "Sigmoid", "Tanh", "LeakyRelu"):
    more = {"activation_alpha": 0.2} if activation == "LeakyRelu" else {}
    case("fused_gemm_" + activation.lower(), "FusedGemm", "a b c", "y", A, {"b": f(5, 6), "c": f(5)}, activation=activation, transB=1, alpha=0.5, **more)
for name, a, b, kwargs in (
        ("plain", (4, 6), (6, 5), {}), ("alpha", (2, 4, 6), (2, 6, 5), dict(alpha=0.3)), ("trans_b", (2, 3, 4, 6), (2, 3, 5, 6), dict(transB=1, alpha=0.125)),
        ("trans_a", (2, 6, 4), (2, 6, 5), dict(transA=1)), ("both", (6, 4), (5, 6), dict(transA=1, transB=1)), ("broadcast", (2, 3, 4, 6), (6, 5), {})):
    case("fused_matmul_" + name, "FusedMatMul", "a b", "y", {"a": f(*a), "b": f(*b)}, **kwargs)
refused("fused_matmul_batch", "FusedMatMul", "a b", "y", {"a": f(2, 3, 4), "b": f(2, 4, 5)}, "transBatchA=1", transBatchA=1)

G = {"x": f(3, 4, 8) * 3}
case("gelu", "Gelu", "x", "y", G)
case("bias_gelu", "BiasGelu", "x b", "y", G, {"b": f(8)})
case("fast_gelu", "FastGelu", "x", "y", G)
case("fast_gelu_bias", "FastGelu", "x b", "y", G, {"b": f(8)})
case("quick_gelu", "QuickGelu", "x", "y", G)
case("quick_gelu_alpha", "QuickGelu", "x", "y", G, alpha=1.0)

S = {"x": f(2, 3, 8), "s": f(2, 3, 8)}
case("skip_layer_norm", "SkipLayerNormalization", "x s g", "y", S, {"g": f(8)}, epsilon=1e-5)
case("skip_layer_norm_beta", "SkipLayerNormalization", "x s g b", "y", S, {"g": f(8), "b": f(8)}, epsilon=1e-5)
case("skip_layer_norm_bias", "SkipLayerNormalization", "x s g b c", "y", S, {"g": f(8), "b": f(8), "c": f(8)}, epsilon=1e-5)
case("skip_layer_norm_sum", "SkipLayerNormalization", "x s g b c", "y _ _ z", S, {"g": f(8), "b": f(8), "c": f(8)}, epsilon=1e-5)

Q = {"q": f(2, 3, 16), "k": f(2, 5, 16), "v": f(2, 5, 24)}
case("multi_head_attention", "MultiHeadAttention", "q k v", "y", Q, num_heads=4)
case("multi_head_attention_scale", "MultiHeadAttention", "q k v", "y", Q, num_heads=2, scale=0.3)
case("multi_head_attention_bias", "MultiHeadAttention", "q k v b", "y", Q, {"b": f(56)}, num_heads=4)
case("multi_head_attention_added", "MultiHeadAttention", "q k v _ _ m", "y", {**Q, "m": f(2, 4, 3, 5)}, num_heads=4)
refused("multi_head_attention_mask", "MultiHeadAttention", "q k v _ m", "y", {**Q, "m": np.ones((2, 5), np.int32)}, "key_padding_mask", num_heads=4)
refused("multi_head_attention_packed", "MultiHeadAttention", "q", "y", {"q": f(2, 3, 4, 3, 4)}, "packed", num_heads=4)
out.close()
