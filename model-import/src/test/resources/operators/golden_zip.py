"""Writes small ONNX models and the numbers ONNX Runtime gives for them into one zip.

Each case makes up to three models: CASE.run.onnx (operands are graph inputs), CASE.folded.onnx (all
operands are initialisers, so that the importer computes the result), CASE.crowded.onnx (the same
between other operators, the buffers of which are full of NaN when they are recycled), and CASE.npz
(inputs, and outputs by ONNX Runtime). CASE.refused.onnx with CASE.txt are models that an importer
must refuse, and what its message has to contain.
"""
import io
import zipfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float64): TensorProto.DOUBLE,
         np.dtype(np.int64): TensorProto.INT64, np.dtype(np.int32): TensorProto.INT32,
         np.dtype(np.bool_): TensorProto.BOOL, np.dtype(np.int8): TensorProto.INT8,
         np.dtype(np.uint8): TensorProto.UINT8}
IR = 8


def node(op, inputs, outputs, domain="", **attributes):
    return helper.make_node(op, inputs.split(), outputs.split(), name=outputs.split()[0] + "_node",
                            domain=domain, **attributes)


def _operand(names):
    return ["" if name == "_" else name for name in names]


def _model(nodes, inputs, constants, outputs, opset, domains=()):
    nodes = [onnx.NodeProto.FromString(n.SerializeToString()) for n in nodes]
    for n in nodes:
        operands, results = _operand(n.input), _operand(n.output)
        del n.input[:], n.output[:]
        n.input.extend(operands)
        n.output.extend(results)
    graph = helper.make_graph(
        nodes, "case",
        [helper.make_tensor_value_info(k, TYPES[v.dtype], v.shape) for k, v in inputs.items()],
        [helper.make_tensor_value_info(k, t, s) for k, (t, s) in outputs.items()],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    opsets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR if opset < 20 else 10)


def _crowded(nodes, inputs, constants, outputs, opset, domains):
    """Before the case, a tensor of each output's shape is made, full of NaN, and given free."""
    before, renamed, feeds, zeros = [], {}, dict(inputs), []
    for i, (name, value) in enumerate(outputs.items()):
        feeds[f"crowd{i}"] = np.full(value.shape, -2, np.float32)
        before += [node("Sqrt", f"crowd{i}", f"nan{i}"), node("Less", f"nan{i} crowd_zero", f"less{i}"),
                   node("Cast", f"less{i}", f"false{i}", to=TensorProto.FLOAT)]
        axes = list(range(value.ndim))
        if opset < 13:
            before.append(node("ReduceSum", f"false{i}", f"zero{i}", axes=axes, keepdims=0))
        else:
            before.append(node("ReduceSum", f"false{i} crowd_axes{i}", f"zero{i}", keepdims=0))
            constants = {**constants, f"crowd_axes{i}": np.array(axes, np.int64)}
        zeros.append(f"zero{i}")
    constants = {**constants, "crowd_zero": np.float32(0)}
    for name, value in inputs.items():
        if value.dtype == np.float32:
            total = name
            for zero in zeros:
                before.append(node("Add", f"{total} {zero}", f"{name}_after_{zero}"))
                total = f"{name}_after_{zero}"
            before += [node("Neg", total, f"{name}_minus"), node("Neg", f"{name}_minus", f"{name}_crowded")]
            renamed[name] = f"{name}_crowded"
    changed = []
    for n in nodes:
        n = onnx.NodeProto.FromString(n.SerializeToString())
        operands = [renamed.get(x, x) for x in n.input]
        results = [x + "_plain" if x in outputs else x for x in n.output]
        operands = [x + "_plain" if x in outputs else x for x in operands]
        del n.input[:], n.output[:]
        n.input.extend(operands)
        n.output.extend(results)
        n.name += "_case"
        changed.append(n)
    after = []
    for name, value in outputs.items():
        if value.dtype == np.float32:
            after += [node("Neg", name + "_plain", name + "_minus"), node("Neg", name + "_minus", name)]
        else:
            after.append(node("Identity", name + "_plain", name))
    return feeds, _model(before + changed + after, feeds, constants,
                         {k: (TYPES[v.dtype], v.shape) for k, v in outputs.items()}, opset, domains)


def _run(model, feeds):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options)
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))


class Zip:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self.names = set()

    def _put(self, name, data):
        self.zip.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

    def case(self, name, nodes, inputs, constants=None, opset=17, outputs=("y",), folded=True, crowded=True,
             domains=()):
        """inputs and constants by name; constants are always initialisers."""
        assert name not in self.names, name
        self.names.add(name)
        nodes = nodes if isinstance(nodes, list) else [nodes]
        constants = constants or {}
        unknown = {k: (TensorProto.UNDEFINED, None) for k in outputs}
        loose = _model(nodes, inputs, constants, unknown, opset, domains)
        values = onnx.shape_inference.infer_shapes(loose).graph
        types = {v.name: v.type.tensor_type.elem_type for v in list(values.output) + list(values.value_info)}
        types.update({k: TYPES[v.dtype] for k, v in {**inputs, **constants}.items()})
        expected = _run(_model(nodes, inputs, constants, {k: (types.get(k) or TensorProto.FLOAT, None) for k in outputs}, opset, domains), inputs)
        exact = {k: (TYPES[v.dtype], v.shape) for k, v in expected.items()}
        arrays = {**inputs, **{"expected/" + k: v for k, v in expected.items()}}
        self._put(name + ".run.onnx", _model(nodes, inputs, constants, exact, opset, domains).SerializeToString())
        if folded:
            self._put(name + ".folded.onnx",
                      _model(nodes, {}, {**inputs, **constants}, exact, opset, domains).SerializeToString())
        if crowded and all(n.op_type not in ("If",) for n in nodes):
            feeds, model = _crowded(nodes, inputs, constants, expected, opset, domains)
            for k, v in _run(model, feeds).items():
                np.testing.assert_allclose(v, expected[k], rtol=1e-5, atol=1e-5)
            arrays.update(feeds)
            self._put(name + ".crowded.onnx", model.SerializeToString())
        data = io.BytesIO()
        np.savez(data, **arrays)
        self._put(name + ".npz", data.getvalue())

    def refused(self, name, nodes, inputs, says, constants=None, opset=17, outputs=("y",), domains=()):
        nodes = nodes if isinstance(nodes, list) else [nodes]
        model = _model(nodes, inputs, constants or {}, {k: (TensorProto.FLOAT, None) for k in outputs},
                       opset, domains)
        self._put(name + ".refused.onnx", model.SerializeToString())
        self._put(name + ".txt", says)

    def model(self, name, model, inputs):
        """A model as it is, and what ONNX Runtime gives for it."""
        self.names.add(name)
        data = io.BytesIO()
        np.savez(data, **inputs, **{"expected/" + k: v for k, v in _run(model, inputs).items()})
        self._put(name + ".run.onnx", model.SerializeToString())
        self._put(name + ".npz", data.getvalue())

    def model_refused(self, name, model, says):
        self._put(name + ".refused.onnx", model.SerializeToString())
        self._put(name + ".txt", says)

    def close(self):
        self.zip.close()
        print(len(self.names), "cases")
