"""Writes small Keras models, one for each layer class with its options as outputs, and the numbers Keras gives for them into one zip.

CASE.keras or CASE.h5 is a model, CASE.npz its inputs (by name) and outputs (expected/0, expected/1, ... in order). CASE.refused.keras with
CASE.txt are models that an importer must refuse, and what its message has to contain, one line each.

Run three times, which together make layers.zip:

    KERAS_BACKEND=tensorflow make_keras_layers.py layers.zip keras3     Keras 3 on TensorFlow: all that this can run on a CPU
    KERAS_BACKEND=torch      make_keras_layers.py layers.zip torch      Keras 3 on PyTorch: channels first, groups, dilated transposed convolutions
    TF_USE_LEGACY_KERAS=1    make_keras_layers.py layers.zip keras2     tf-keras: .h5 files of Keras 2, and .keras files as that writes them

Needs PyPI keras 3.15.1, tensorflow-cpu 2.18, tf-keras 2.18, torch. `check` as the second word runs the cases of keras3 and prints how far the
backend at hand is from the zip (the differences between backends).
"""
import importlib
import io
import os
import pathlib
import sys
import tempfile
import zipfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

target, mode = pathlib.Path(sys.argv[1]), sys.argv[2]
keras = importlib.import_module("tf_keras" if mode == "keras2" else "keras")
L = keras.layers
ops = getattr(keras, "ops", None)
rng = np.random.default_rng(0)
keras.utils.set_random_seed(0)
entries = {}


def normal(*shape):
    return rng.normal(size=shape).astype("f")


def whole(high, *shape):
    return rng.integers(0, high, shape).astype("int32")


def numpy(tensor):
    return np.asarray(tensor.detach().cpu() if hasattr(tensor, "detach") else tensor)


def saved(model, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / ("model" + ending)
        model.save(path)
        return path.read_bytes()


def move(model):
    """Every weight leaves its initial value, so that nothing is hidden by ones and zeros."""
    for w in model.weights:
        v = numpy(w)
        name = getattr(w, "path", w.name)
        if v.dtype.kind == "f" or "float" in str(v.dtype):
            n = v.astype("f") + normal(*v.shape) * 0.1
            if name.rsplit("/", 1)[-1].split(":")[0] in ("mean", "variance"):
                continue  # what Normalization has found in data was put into its computation when it was found
            w.assign((np.abs(n) + 0.5 if "variance" in name else n).astype(v.dtype))


def case(name, arrays, build, ending=".keras", reference=None):
    inputs = {k: keras.Input(v.shape[1:], name=k, dtype=str(v.dtype)) for k, v in arrays.items()}
    outputs = build(**inputs)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    model = keras.Model(list(inputs.values()), outputs, name=name)
    model_case(name, arrays, model, ending, reference)


def model_case(name, arrays, model, ending=".keras", reference=None):
    if mode != "check":
        move(model)
        entries[name + ending] = saved(model, ending)
    else:
        with zipfile.ZipFile(target) as z, tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / (name + ending)
            path.write_bytes(z.read(name + ending))
            model = keras.models.load_model(path)
            known = np.load(io.BytesIO(z.read(name + ".npz")))
            arrays = {k: known[k] for k in arrays}
    values = list(arrays.values())
    results = (reference(model) if reference else model)(values if len(values) > 1 else values[0], training=False)
    results = [numpy(r) for r in (results if isinstance(results, (list, tuple)) else [results])]
    if mode == "check":
        for i, r in enumerate(results):
            off = np.abs(r.astype("d") - known[f"expected/{i}"]).max() if r.shape == known[f"expected/{i}"].shape else np.inf
            if off > 1e-4:
                print(name, i, "differs by", off)
        return
    buffer = io.BytesIO()
    np.savez(buffer, **arrays, **{f"expected/{i}": r.astype("f") if r.dtype.kind == "f" else r for i, r in enumerate(results)})
    entries[name + ".npz"] = buffer.getvalue()


def refused(name, model, *says, ending=".keras"):
    if mode != "check":
        entries[name + ".refused" + ending] = saved(model, ending)
        entries[name + ".txt"] = "\n".join(says).encode()


def image(batch=2, height=7, width=6, channels=4):
    return {"x": normal(batch, height, width, channels)}


def sequence():
    return {"x": normal(2, 9, 4)}


def convolutions(x, **more):
    return [
        L.Conv2D(5, 3)(x), L.Conv2D(5, 3, padding="same", activation="relu")(x), L.Conv2D(3, (2, 3), strides=2, padding="same")(x),
        L.Conv2D(3, 4, strides=3, padding="same")(x), L.Conv2D(3, 2, dilation_rate=2, use_bias=False)(x), L.Conv2D(3, 3, dilation_rate=(2, 1), padding="same")(x),
        L.Conv2D(2, 1, strides=2)(x), L.Conv2D(2, (5, 1), strides=(2, 1))(x)]


def convolutions_1d(x):
    return [L.Conv1D(5, 3)(x), L.Conv1D(5, 4, strides=2, padding="same")(x), L.Conv1D(3, 3, dilation_rate=2, padding="causal", activation="tanh")(x),
            L.Conv1D(3, 2, padding="causal")(x), L.Conv1D(3, 3, dilation_rate=2, padding="same")(x)]


def transposed(x):
    return [L.Conv2DTranspose(3, k, strides=s, padding=p)(x) for k in (2, 3, 4) for s in (1, 2, 3) for p in ("same", "valid")] + [
        L.Conv2DTranspose(3, (3, 2), strides=(2, 1), padding="same", use_bias=False, activation="relu")(x),
        L.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1)(x), L.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=1)(x),
        L.Conv2DTranspose(2, 4, strides=3, padding="same", output_padding=(2, 1))(x), L.Conv2DTranspose(2, 5, strides=2, padding="same", output_padding=0)(x)]


def transposed_1d(x):
    return [L.Conv1DTranspose(3, k, strides=s, padding=p)(x) for k, s, p in ((3, 2, "same"), (3, 2, "valid"), (2, 3, "valid"), (4, 1, "same"))]


def depthwise(x):
    return [L.DepthwiseConv2D(3)(x), L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, activation="silu" if ops else "swish")(x),
            L.DepthwiseConv2D((2, 3), use_bias=False)(x), L.DepthwiseConv2D(3, dilation_rate=2, padding="same")(x)]


def separable(x):
    return [L.SeparableConv2D(5, 3)(x), L.SeparableConv2D(5, 3, strides=2, padding="same", depth_multiplier=2, activation="relu")(x), L.SeparableConv2D(3, 2, use_bias=False)(x)]


def batch_norms(x):
    return [L.BatchNormalization()(x), L.BatchNormalization(scale=False, epsilon=1e-2)(x), L.BatchNormalization(center=False)(x),
            L.BatchNormalization(center=False, scale=False)(x), L.BatchNormalization(axis=1)(x)]


def group_norms(x):
    return [L.GroupNormalization(2)(x), L.GroupNormalization(-1)(x), L.GroupNormalization(4, scale=False, epsilon=1e-2)(x), L.GroupNormalization(1, center=False)(x),
            L.GroupNormalization(2, scale=False, center=False)(x)]


def layer_norms(x):
    return [L.LayerNormalization()(x), L.LayerNormalization(epsilon=1e-1)(x), L.LayerNormalization(axis=[1, 2])(x), L.LayerNormalization(axis=1)(x),
            L.LayerNormalization(scale=False)(x), L.LayerNormalization(center=False)(x), L.LayerNormalization(axis=[2, 3], scale=False, center=False)(x)]


def merges(a, b, c, d):
    return [L.Add()([a, b, a]), L.Subtract()([a, b]), L.Multiply()([a, b, b]), L.Average()([a, b, a]), L.Maximum()([a, b]), L.Minimum()([a, b]),
            L.Concatenate()([a, b]), L.Concatenate(axis=1)([a, b]), L.Concatenate(axis=2)([a, b, a]), L.Add()([a, c]), L.Multiply()([L.Conv2D(4, 1)(a), c]),
            L.Add()([a, d]), L.Concatenate(axis=3)([L.Conv2D(2, 1)(a), b])]


def dots(a, b, c):
    return [L.Dot(axes=2)([a, b]), L.Dot(axes=(2, 2), normalize=True)([a, b]), L.Dot(axes=(1, 1))([a, a]), L.Dot(axes=1)([c, c]), L.Dot(axes=(2, 1))([a, c]), L.Dot(axes=(1, 2))([c, b])]


def pools(x):
    return [P(s, strides=t, padding=p)(x) for P in (L.MaxPooling2D, L.AveragePooling2D) for s, t, p in
            ((2, None, "valid"), (2, None, "same"), (3, 2, "same"), ((2, 3), (1, 2), "valid"), (3, 1, "same"))]


def pools_1d(x):
    return [P(s, strides=t, padding=p)(x) for P in (L.MaxPooling1D, L.AveragePooling1D) for s, t, p in ((2, None, "valid"), (2, None, "same"), (3, 2, "same"))] + [
        L.GlobalAveragePooling1D()(x), L.GlobalMaxPooling1D(keepdims=True)(x), L.UpSampling1D(3)(x), L.ZeroPadding1D(2)(x), L.ZeroPadding1D((1, 3))(x), L.Cropping1D((1, 2))(x)]


def global_pools(x):
    return [P(keepdims=k)(y) for P in (L.GlobalMaxPooling2D, L.GlobalAveragePooling2D) for k in (False, True) for y in (x, L.Conv2D(3, 1)(x))]


def resizings(x):
    return [L.UpSampling2D()(x), L.UpSampling2D((2, 3))(x), L.UpSampling2D(2, interpolation="bilinear")(x), L.UpSampling2D((1, 4), interpolation="bilinear")(x),
            L.Resizing(5, 9)(x), L.Resizing(14, 3)(x), L.Resizing(5, 9, interpolation="nearest")(x), L.Resizing(14, 12, interpolation="nearest")(x), L.Resizing(3, 3, interpolation="nearest")(x),
            L.ZeroPadding2D(2)(x), L.ZeroPadding2D((1, 2))(x), L.ZeroPadding2D(((0, 1), (2, 3)))(x), L.Cropping2D(1)(x), L.Cropping2D(((1, 2), (0, 3)))(x)]


def shapes(x, v):
    y = L.Conv2D(3, 1)(x)
    return [L.Flatten()(x), L.Flatten()(y), L.Reshape((42, -1))(x), L.Reshape((-1, 6, 3))(y), L.Permute((3, 1, 2))(x), L.Permute((2, 1, 3))(y), L.RepeatVector(3)(v),
            L.Rescaling(1 / 127.5, offset=-1)(x), L.Rescaling([1.0, 2.0, 3.0], offset=[0.5, 0.25, 0.0])(y)]


def normalizations(x):
    adapted = L.Normalization(axis=-1)
    adapted.adapt(normal(5, 7, 6, 4) * 3 + 1)
    pixels = L.Normalization(axis=(1, 2))
    pixels.adapt(normal(5, 7, 6, 4) * 2 - 1)
    return [adapted(x), pixels(x), L.Normalization(mean=0.5, variance=4.0, axis=None)(x), L.Normalization(mean=[1, 2, 3, 4], variance=[4, 3, 2, 1])(x),
            L.Normalization(mean=[1, 2, 3, 4], variance=[4, 3, 2, 1], invert=True)(x)]


def activation_layers(x):
    names = ["linear", "relu", "elu", "selu", "gelu", "swish", "mish", "sigmoid", "tanh", "softmax", "softplus", "softsign", "exponential", "hard_sigmoid"]
    if ops:
        names += ["silu", "relu6", "leaky_relu", "celu", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid", "tanh_shrink", "log_softmax", "squareplus"]
    leak = (lambda a: L.LeakyReLU(negative_slope=a)) if ops else (lambda a: L.LeakyReLU(alpha=a))
    return [L.Activation(n)(x) for n in names] + [
        L.ReLU()(x), L.ReLU(max_value=1.5)(x), L.ReLU(negative_slope=0.2)(x), L.ReLU(max_value=2, negative_slope=0.1, threshold=0.5)(x), L.LeakyReLU()(x), leak(0.05)(x),
        L.PReLU()(x), L.PReLU(shared_axes=[1, 2])(L.Conv2D(3, 1)(x)), L.ELU(alpha=0.7)(x), L.Softmax()(x), L.Softmax(axis=1)(x), L.Dense(3, activation=L.LeakyReLU())(x),
        L.Conv2D(3, 1, activation="softmax")(x)]


def regularizations(x, v):
    return [L.Dropout(0.5)(x), L.SpatialDropout2D(0.5)(x), L.SpatialDropout1D(0.5)(v), L.GaussianDropout(0.5)(x), L.GaussianNoise(0.5)(x), L.AlphaDropout(0.5)(x), L.ActivityRegularization(0.1)(x)] + ([L.Identity()(x)] if ops else [L.ThresholdedReLU(0.5)(x)])


def multi_head(x, c, m, i):
    x4 = i
    return [L.MultiHeadAttention(2, 3)(x, x), L.MultiHeadAttention(2, 3, use_bias=False)(x, c), L.MultiHeadAttention(2, 3, value_dim=5, output_shape=7)(x, c, c),
            L.MultiHeadAttention(1, 4)(x, x, use_causal_mask=True), L.MultiHeadAttention(2, 2)(x, c, attention_mask=m), *L.MultiHeadAttention(2, 2)(x, c, return_attention_scores=True),
            L.MultiHeadAttention(2, 3)(x4, x4), L.MultiHeadAttention(2, 3, attention_axes=(1,))(x4, x4), L.MultiHeadAttention(2, 3, attention_axes=(2,))(x4, x4),
            L.MultiHeadAttention(2, 3, output_shape=(2, 5), dropout=0.1)(x, x)]


def score_attention(x, c):
    return [L.Attention()([x, c]), L.Attention(use_scale=True)([x, c, c]), L.Attention(score_mode="concat")([x, c]), L.Attention(score_mode="concat", use_scale=True)([x, c]),
            L.Attention()([x, x], use_causal_mask=True), *L.Attention()([x, c], return_attention_scores=True), L.AdditiveAttention()([x, c]), L.AdditiveAttention(use_scale=False)([x, c])]


def grouped_attention(x, c):
    return [L.GroupQueryAttention(3, 4, 2)(x, x), L.GroupQueryAttention(3, 4, 1, use_bias=False)(x, c), L.GroupQueryAttention(2, 2, 2)(x, x, use_causal_mask=True)]


def elementwise_ops(x, y, n):
    p = ops.absolute(x) + 0.1
    z = L.Conv2D(4, 1)(x)
    return [x + y, x - y, x * 2, 1.5 - x, x / y, ops.maximum(x, 0.5), ops.minimum(x, y), ops.power(p, 1.5), ops.exp(x), ops.log(p), ops.sqrt(p), ops.rsqrt(p), ops.sin(x), ops.cos(x), ops.tan(x),
            ops.tanh(x), ops.sigmoid(x), ops.relu(x), ops.silu(x), ops.gelu(x), ops.gelu(x, approximate=False), ops.softplus(x), ops.leaky_relu(x), ops.square(x), ops.negative(x), ops.sign(x), ops.floor(x), ops.ceil(x),
            ops.round(x), ops.reciprocal(p), ops.erf(x), ops.clip(x, -0.5, 1), ops.where(x > y, x, 0.0), ops.cast(n, "float32") * x[..., :1], ops.cast(x * 3, "int32"), n + 2, n * 0.5, n // 1 if False else n - n,
            z * np.arange(4, dtype="f"), z + np.ones((1, 7, 6, 1), "f"), ops.less_equal(x, y), ops.stop_gradient(x), ops.elu(x), ops.selu(x), ops.hard_sigmoid(x),
            ops.celu(x), ops.hard_silu(x), ops.hard_tanh(x), ops.squareplus(x), ops.log_sigmoid(x), ops.relu6(x * 4), ops.tanh_shrink(x), ops.softsign(x), ops.equal(n, 2), ops.greater_equal(x, y), ops.less(x, 0.5),
            ops.true_divide(x, p), ops.divide(x, 3)]


def reduction_ops(x):
    z = L.Conv2D(3, 1)(x)
    return [f(t, axis=a, keepdims=k) for t, a, k in ((x, -1, False), (z, (1, 2), True), (x, 1, True), (z, 3, False), (x, (1, 2, 3), False)) for f in
            (ops.mean, ops.sum, ops.max, ops.min, ops.var, ops.std)] + [ops.prod(x, axis=2), ops.logsumexp(x, axis=-1)]


def shape_ops(x, v):
    z = L.Conv2D(4, 1)(x)
    return [ops.reshape(x, (-1, 42, 4)), ops.transpose(x, (0, 3, 1, 2)), ops.transpose(z, (0, 2, 1, 3)), ops.swapaxes(x, 1, -1), ops.moveaxis(x, -1, 1), ops.expand_dims(v, 1), ops.expand_dims(v, (1, 3)),
            ops.squeeze(x[:, :1], 1), ops.concatenate([x, z], -1), ops.concatenate([x, z], 1), ops.stack([v, v], 1), *ops.split(x, 2, -1), *ops.split(z, 2, -1), *ops.split(x, [2, 5], 1), ops.tile(x, (1, 2, 1, 3)),
            ops.repeat(v, 2, 1), ops.repeat(x, 3, -1), ops.broadcast_to(v[:, None, None], (2, 7, 6, 4)), x[:, 0], x[:, :, 1:-1:2], x[..., None], x[:, -1, ..., 2], x[:, ::-1], z[:, 1:3, :, 0],
            *ops.unstack(v, 4, 1), ops.ravel(x)]


def network_ops(x, q, k, t):
    return [ops.matmul(q[:, :, 0], ops.transpose(k[:, :, 0], (0, 2, 1))), ops.einsum("bhwc,bxyc->bhwxy", x, x), ops.einsum("bhwc,bhwd->bcd", x, x), ops.softmax(x), ops.softmax(x, axis=1),
            ops.nn.dot_product_attention(q, k, k), ops.nn.dot_product_attention(q, q, q, is_causal=True), ops.nn.dot_product_attention(q, k, k, scale=0.3), ops.take(np.arange(12, dtype="f").reshape(6, 2), t, axis=0),
            ops.take(x, t[0, 0] * 0 + np.array([0, 2]), axis=1) if False else ops.log_softmax(x), ops.image.resize(x, (14, 9)), ops.image.resize(x, (3, 4), interpolation="nearest")]


def nested(x):
    i = keras.Input((8, 8, 4))
    block = keras.Model(i, L.BatchNormalization()(L.Conv2D(4, 3, padding="same", activation="relu")(i)), name="block")
    stack = keras.Sequential([keras.Input((8, 8, 4)), L.Conv2D(4, 3, padding="same"), L.ReLU(), L.GroupNormalization(2)], name="stack")
    a, b = keras.Input((8, 8, 4)), keras.Input((8, 8, 4))
    two = keras.Model([a, b], [L.Add()([a, stack(b)]), L.Subtract()([a, b])], name="two")
    shared = L.Conv2D(4, 3, padding="same", name="shared")
    y = block(shared(block(shared(x))))
    s, d = two([x, y])
    return [s, d, L.Dropout(0.2)(y), stack(d), s]


def channels_first(x):
    d = dict(data_format="channels_first")
    y = L.Conv2D(4, 3, padding="same", strides=2, **d)(x)
    return [y, L.Conv2D(4, 3, **d, groups=2)(x), L.Conv2DTranspose(3, 3, strides=2, padding="same", **d)(x), L.DepthwiseConv2D(3, **d)(x), L.SeparableConv2D(3, 2, **d)(x), L.BatchNormalization(axis=1)(y),
            L.GroupNormalization(2, axis=1)(y), L.Concatenate(axis=1)([x, x]), L.MaxPooling2D(2, **d)(x), L.AveragePooling2D(3, 2, **d)(x), L.GlobalAveragePooling2D(**d)(x),
            L.GlobalMaxPooling2D(keepdims=True, **d)(x), L.UpSampling2D(2, **d)(x), L.UpSampling2D(2, interpolation="bilinear", **d)(x), L.ZeroPadding2D(((0, 1), (2, 3)), **d)(x), L.Cropping2D(1, **d)(x),
            L.Flatten(**d)(x), L.SpatialDropout2D(0.5, **d)(x), L.Dense(3)(x)]


def custom_class(name):
    return keras.saving.register_keras_serializable(package="fixtures")(type(name, (L.Layer,), {"call": lambda self, x: x * 2}))


def cases_of_keras3():
    case("conv2d", image(), convolutions)
    case("conv1d", sequence(), convolutions_1d)
    case("conv2d_transpose", image(1, 4, 3, 3), transposed)
    case("conv1d_transpose", sequence(), transposed_1d)
    case("depthwise", image(), depthwise)
    case("depthwise_1d", sequence(), lambda x: [L.DepthwiseConv1D(3, depth_multiplier=2)(x), L.DepthwiseConv1D(2, strides=2, padding="same")(x), L.SeparableConv1D(3, 3, padding="same")(x)])
    case("separable", image(), separable)
    case("dense", {"a": normal(2, 4), "b": normal(2, 3, 4), "c": normal(2, 3, 2, 4)}, lambda a, b, c: [L.Dense(3)(a), L.Dense(3, activation="gelu")(b), L.Dense(5, use_bias=False)(c), L.Dense(2)(L.Conv2D(3, 1)(c))])
    case("einsum_dense", {"b": normal(2, 3, 4)}, lambda b: [L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(b), L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de")(b),
                                                         L.EinsumDense("...x,xy->...y", output_shape=6, activation="relu")(b), L.EinsumDense("ab...,bc->ac...", output_shape=(5, None), bias_axes="c")(b)])
    case("embedding", {"t": whole(10, 2, 5), "f": whole(10, 2).astype("f")}, lambda t, f: [L.Embedding(10, 4)(t), L.Dense(3)(L.Embedding(10, 4)(f))])
    case("batch_normalization", image(), batch_norms)
    case("batch_normalization_flat", {"v": normal(2, 4), "s": normal(2, 5, 4)}, lambda v, s: [L.BatchNormalization()(v), L.BatchNormalization()(s), L.BatchNormalization(axis=1)(s)])
    case("group_normalization", image(), group_norms)
    case("group_normalization_flat", {"v": normal(2, 4), "s": normal(2, 5, 4)}, lambda v, s: [L.GroupNormalization(2)(v), L.GroupNormalization(2)(s)])
    case("layer_normalization", image(), layer_norms)
    case("other_normalizations", image(), lambda x: [L.UnitNormalization()(x), L.UnitNormalization(axis=[1, 2])(x), L.RMSNormalization()(x), L.RMSNormalization(axis=[1, 2, 3], epsilon=1e-2)(x)])
    case("activations", {"x": normal(2, 5, 4, 6) * 2}, activation_layers)
    case("merge", {"a": normal(2, 3, 5, 4), "b": normal(2, 3, 5, 4), "c": normal(2, 4), "d": normal(2, 5, 4)}, merges)
    case("dot", {"a": normal(2, 3, 4), "b": normal(2, 5, 4), "c": normal(2, 4)}, dots)
    case("pooling", image(), pools)
    case("sequence_layers", sequence(), pools_1d)
    case("global_pooling", image(), global_pools)
    case("resizing", image(), resizings)
    case("shape", {**image(), "v": normal(2, 4)}, shapes)
    case("normalization", image(), normalizations)
    case("regularization", {**image(), "v": normal(2, 5, 4)}, regularizations)
    case("multi_head_attention", {"x": normal(2, 5, 6), "c": normal(2, 4, 6), "m": whole(2, 2, 5, 4) | (np.arange(4) == 1), "i": normal(2, 3, 4, 6)}, multi_head)
    case("attention", {"x": normal(2, 5, 6), "c": normal(2, 4, 6)}, score_attention)
    case("group_query_attention", {"x": normal(2, 5, 6), "c": normal(2, 4, 6)}, grouped_attention)
    case("ops_elementwise", {"x": normal(2, 7, 6, 4), "y": normal(2, 7, 6, 4), "n": whole(5, 2, 1, 1, 1)}, elementwise_ops)
    case("ops_reduction", image(), reduction_ops)
    case("ops_shape", {**image(), "v": normal(2, 4)}, shape_ops)
    case("ops_network", {"x": normal(2, 3, 4, 5), "q": normal(2, 5, 2, 4), "k": normal(2, 3, 2, 4), "t": whole(6, 2, 3)}, network_ops)
    case("nested", {"x": normal(2, 8, 8, 4)}, nested)
    case("nested_h5", {"x": normal(2, 8, 8, 4)}, nested, ".h5")
    case("attention_h5", {"x": normal(2, 5, 6)}, lambda x: [L.MultiHeadAttention(2, 3, value_dim=4)(x, x), L.GroupQueryAttention(3, 4, 2)(x, x)], ".h5")
    model_case("sequential", image(2, 8, 8, 3), keras.Sequential([keras.Input((8, 8, 3), name="x"), L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D(), L.Flatten(), L.Dense(3, activation="softmax")]))
    model_case("sequential_h5", image(2, 8, 8, 3), keras.Sequential([keras.Input((8, 8, 3), name="x"), L.Conv2D(4, 3), keras.Sequential([L.Conv2D(3, 3), L.ReLU()]), L.Flatten()]), ".h5")
    precision_cases()
    refused_cases()


def precision_cases():
    """Saved with a policy of fewer bits; the importer computes in f32, so the reference is the same network, with the same weights, in float32."""
    def network(policy):
        i = keras.Input((8, 8, 3), name="x")
        x = L.Conv2D(4, 3, padding="same", dtype=policy)(i)
        x = L.Activation("silu", dtype=policy)(L.GroupNormalization(2, dtype=policy)(x))
        return keras.Model(i, L.Dense(3, dtype="float32")(x))

    def reference(model):
        other = network("float32")
        other.set_weights([numpy(w).astype("f") for w in model.weights])
        return other

    for policy in ("mixed_float16", "mixed_bfloat16", "float16"):
        model_case("precision_" + policy, image(2, 8, 8, 3), network(policy), reference=reference)


def refused_cases():
    i = keras.Input((8, 8, 4), name="x")
    one, two = custom_class("Wobble"), custom_class("Squeeze")
    inner = keras.Input((8, 8, 4))
    encoder = keras.Model(inner, one(name="wobble_2")(inner), name="encoder")
    refused("custom", keras.Model(i, two(name="squeeze")(encoder(one(name="wobble")(i)))), "fixtures>Wobble of wobble, encoder/wobble_2", "fixtures>Squeeze of squeeze", "2 things", 'with("fixtures>Wobble", importer)', "docs/keras.md")
    x = L.UpSampling2D(2, interpolation="bicubic", name="up")(i)
    x = L.Conv2D(4, 3, name="conv", dtype="float64")(x)
    x = L.Resizing(5, 5, antialias=True, name="small")(one(name="wobble")(x))
    refused("several", keras.Model(i, x), "4 things", "up (UpSampling2D): attribute interpolation=bicubic", "conv (Conv2D): attribute dtype=", "small (Resizing): attribute antialias=true", "fixtures>Wobble of wobble")
    refused("lambda", keras.Model(i, L.Lambda(lambda t: t * 2, name="twice")(i)), "the class Lambda of twice")
    refused("activation", keras.Model(i, L.Activation(lambda t: t * 2, name="act")(i)), "act (Activation): attribute activation=")
    refused("training", keras.Model(i, L.Dropout(0.5, name="drop")(i, training=True)), "drop (Dropout): argument training=true is not supported")
    refused("bfloat16", keras.Model(i, L.Dense(4, dtype="bfloat16", name="brief")(i)), "the weights under /layers/dense/vars/ cannot be read", "save the model with weights in float32")
    t = keras.Input((5,), name="t", dtype="int32")
    refused("masking", keras.Model(t, L.Embedding(10, 4, mask_zero=True, name="emb")(t)), "emb (Embedding): attribute mask_zero=true")
    refused("recurrent", keras.Model(i, L.TimeDistributed(L.Dense(2), name="td")(i)), "the class TimeDistributed of td")


def cases_of_torch():
    case("channels_first", {"x": normal(2, 4, 7, 6)}, channels_first)
    case("groups", {**image(), "s": normal(2, 9, 6)}, lambda x, s: [L.Conv2D(6, 3, groups=2, padding="same")(x), L.Conv2D(8, 3, groups=4)(x), L.Conv1D(6, 3, groups=3, strides=2)(s)])
    case("dilated_transpose", image(1, 4, 3, 3), lambda x: [L.Conv2DTranspose(2, 3, dilation_rate=2)(x), L.Conv2DTranspose(2, 2, dilation_rate=2, padding="same")(x)])


def cases_of_keras2():
    h5 = ".h5"
    case("k2_conv2d", image(), convolutions, h5)
    case("k2_conv1d", sequence(), convolutions_1d, h5)
    case("k2_conv2d_transpose", image(1, 4, 3, 3), transposed, h5)
    case("k2_depthwise", image(), depthwise, h5)
    case("k2_separable", image(), separable, h5)
    case("k2_dense", {"a": normal(2, 4), "b": normal(2, 3, 4)}, lambda a, b: [L.Dense(3)(a), L.Dense(3, activation="gelu")(b), L.Embedding(10, 4)(L.Dense(2, activation="sigmoid")(a)), L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d")(b)], h5)
    case("k2_normalizations", image(), lambda x: batch_norms(x) + group_norms(x) + [L.LayerNormalization()(x), L.LayerNormalization(axis=[2, 3])(x), L.UnitNormalization()(x)], h5)
    case("k2_activations", {"x": normal(2, 5, 4, 6) * 2}, activation_layers, h5)
    case("k2_merge", {"a": normal(2, 3, 5, 4), "b": normal(2, 3, 5, 4), "c": normal(2, 4), "d": normal(2, 5, 4)}, merges, h5)
    case("k2_dot", {"a": normal(2, 3, 4), "b": normal(2, 5, 4), "c": normal(2, 4)}, dots, h5)
    case("k2_pooling", image(), lambda x: pools(x) + global_pools(x), h5)
    case("k2_sequence_layers", sequence(), pools_1d, h5)
    case("k2_resizing", image(), resizings, h5)
    case("k2_shape", {**image(), "v": normal(2, 4)}, lambda x, v: shapes(x, v)[:-1], h5)
    case("k2_normalization", image(), lambda x: normalizations(x), h5)
    case("k2_regularization", {**image(), "v": normal(2, 5, 4)}, regularizations, h5)
    case("k2_multi_head_attention", {"x": normal(2, 5, 6), "c": normal(2, 4, 6), "m": whole(2, 2, 5, 4) | (np.arange(4) == 1), "i": normal(2, 3, 4, 6)}, multi_head, h5)
    case("k2_attention", {"x": normal(2, 5, 6), "c": normal(2, 4, 6)}, score_attention, h5)
    case("k2_nested", {"x": normal(2, 8, 8, 4)}, nested, h5)
    i = keras.Input((8, 8, 4), name="x")  # files of tf-keras do not say where a layer of several models is kept
    refused("k2_nested", keras.Model(i, nested(i)), "(Conv2D): the file has no weight kernel for it")
    block = keras.Sequential([keras.Input((8, 8, 4)), L.Conv2D(4, 3, padding="same"), L.BatchNormalization(), L.Conv2D(4, 1)])
    case("k2_nested_keras", {"x": normal(2, 8, 8, 4)}, lambda x: [block(L.Conv2D(4, 3, padding="same")(block(x))), L.Conv2D(2, 1)(x)])
    case("k2_attention_keras", {"x": normal(2, 5, 6)}, lambda x: [L.MultiHeadAttention(2, 3)(x, x), L.LayerNormalization()(x)])
    model_case("k2_sequential", image(2, 8, 8, 3), keras.Sequential([keras.Input((8, 8, 3), name="x"), L.Conv2D(4, 3), L.BatchNormalization(), L.LeakyReLU(0.2), L.MaxPooling2D(), L.Flatten(), L.Dense(3, activation="softmax")]), h5)
    bare = keras.Sequential([L.Conv2D(4, 3, input_shape=(8, 8, 3)), L.Flatten()])
    model_case("k2_sequential_bare", {bare.input_names[0]: normal(2, 8, 8, 3)}, bare, h5)


{"keras3": cases_of_keras3, "check": cases_of_keras3, "torch": cases_of_torch, "keras2": cases_of_keras2}[mode]()
if mode != "check":
    old = {}
    if target.exists():
        with zipfile.ZipFile(target) as z:
            old = {n: z.read(n) for n in z.namelist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for n, data in sorted({**old, **entries}.items()):
            z.writestr(zipfile.ZipInfo(n, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED, 9)
    print(len(entries), "entries,", target.stat().st_size, "bytes in all")
