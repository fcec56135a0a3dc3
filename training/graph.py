"""The student as an ONNX graph of onnxruntime's fused operators, written node by node.

In every product, weights are bytes with a scale for each output, and each word state is rounded to bytes by its
own largest value: no message's score can depend on the messages beside it, which onnxruntime's usual dynamic
quantisation (one range for the whole batch) would not promise. The scores leave the graph calibrated.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from training import quantise
from training.encoder import Array
from training.model import Shape

MICROSOFT = "com.microsoft"
#: The scale that fits the least value GELU can have (-0.17): its largest value then suffices to choose one.
GELU_LEAST = "gelu_least"


@dataclass
class Graph:
    """Collects nodes and constants."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    made: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.constant("last_axis", np.array([-1], np.int64))
        self.constant("step", np.float32(1 / 127))
        self.constant("tiny", np.float32(1e-9))
        self.constant(GELU_LEAST, np.float32(0.17 / 127))
        self.constant("unit", np.float32(1))
        self.constant("middle", np.uint8(128))

    def constant(self, name: str, value: npt.NDArray[Any] | np.generic) -> str:
        """Store ``value``; its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: float) -> str:
        """One operator with one output; the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def rounded(self, states: str, least: str | None) -> str:
        """``states`` as bytes around 128, each row by its own scale; the bytes' name (once per ``states``)."""
        name = f"{states}.bytes"
        if name not in self.made:
            self.made.add(name)
            size = states if least else self.add("Abs", [states], f"{states}.size")
            self.add("ReduceMax", [size, "last_axis"], f"{states}.largest", keepdims=1)
            self.add("Mul", [f"{states}.largest", "step"], f"{states}.step")
            self.add("Max", [f"{states}.step", least or "tiny"], f"{states}.scale")
            self.add("Div", [states, f"{states}.scale"], f"{states}.whole")
            self.add("QuantizeLinear", [f"{states}.whole", "unit", "middle"], name)
        return name

    def product(self, states: str, name: str, weight: Array, *, least: str | None = None) -> str:
        """``states`` times the transposed 8-bit ``weight``; ``least``: the smallest scale, if no state is below it."""
        values, scales = quantise.by_column(weight)
        weights = [self.constant(f"{name}.bytes", values), "unit", self.constant(f"{name}.scales", scales), "middle"]
        self.add("MatMulIntegerToFloat", [self.rounded(states, least), *weights], f"{name}.raw", MICROSOFT)
        return self.add("Mul", [f"{name}.raw", f"{states}.scale"], name)


def _norm(graph: Graph, summands: list[str], name: str, constants: list[str], shape: Shape) -> str:
    # Not SkipLayerNormalization, which takes four times as long on a CPU; Sum, because Add would be fused into it.
    total = graph.add("Sum", summands, f"{name}.sum")
    return graph.add("LayerNormalization", [total, *constants], name, axis=-1, epsilon=shape.epsilon)


def _layer(graph: Graph, shape: Shape, state: dict[str, Array], number: int, states: str) -> str:
    """One layer; the last one computes the first piece alone, the only one that is looked at."""
    own = f"layers.{number}."

    def constant(name: str) -> str:
        return graph.constant(own + name, state[own + name])

    def norm(name: str) -> list[str]:
        return [constant(f"{name}.weight"), constant(f"{name}.bias")]

    hidden = shape.hidden
    asking = states
    if number == shape.layers - 1:
        places = [graph.constant(f"first.{name}", np.array([at], np.int64)) for name, at in (("at", 0), ("to", 1))]
        asking = graph.add("Slice", [states, *places, "first.to"], "first")
    parts = [
        graph.product(source, f"{own}{part}", state[f"{own}qkv.weight"][at * hidden : (at + 1) * hidden])
        for at, (part, source) in enumerate((("query", asking), ("key", states), ("value", states)))
    ]
    context = graph.add(
        "MultiHeadAttention",
        [*parts, constant("qkv.bias"), "key_mask"],
        f"{own}context",
        MICROSOFT,
        num_heads=shape.heads,
    )
    out = graph.product(context, f"{own}out", state[f"{own}out.weight"])
    attended = _norm(graph, [out, asking, constant("out.bias")], f"{own}attended", norm("out_norm"), shape)
    wide = graph.product(attended, f"{own}wide", state[f"{own}wide.weight"])
    active = graph.add("BiasGelu", [wide, constant("wide.bias")], f"{own}active", MICROSOFT)
    narrow = graph.product(active, f"{own}narrow", state[f"{own}narrow.weight"], least=GELU_LEAST)
    return _norm(graph, [narrow, attended, constant("narrow.bias")], f"{own}states", norm("norm"), shape)


def _embedding(graph: Graph, shape: Shape, state: dict[str, Array]) -> str:
    values, scales = quantise.by_row(state["word.weight"])
    found = graph.add("Gather", [graph.constant("word.bytes", values), "input_ids"], "word.found")
    scale = graph.add("Gather", [graph.constant("word.scales", scales), "input_ids"], "word.scale")
    graph.add("Cast", [found], "word.float", to=TensorProto.FLOAT)
    word = graph.add("Mul", ["word.float", scale], "word")
    graph.add("Shape", ["input_ids"], "width", start=1, end=2)
    start, one = graph.constant("zero", np.array([0], np.int64)), graph.constant("one", np.array([1], np.int64))
    places = graph.constant("position", state["position.weight"])
    graph.add("Slice", [places, start, "width", start, one], "place")
    summed = graph.add("Add", [word, "place"], "embedded")
    norms = [graph.constant(f"norm.{part}", state[f"norm.{part}"]) for part in ("weight", "bias")]
    return graph.add("LayerNormalization", [summed, *norms], "states", axis=-1, epsilon=shape.epsilon)


def _answer(graph: Graph, state: dict[str, Array], states: str, fit: tuple[Array, Array], keep: list[int]) -> None:
    scale, bias = fit
    graph.add("Squeeze", [states, graph.constant("pieces", np.array([1], np.int64))], "state")
    pooler = [graph.constant(f"pooler.{kind}", state[f"pooler.{kind}"]) for kind in ("weight", "bias")]
    graph.add("Tanh", [graph.add("Gemm", ["state", *pooler], "pooled", transB=1)], "pooled.tanh")
    # Calibration is linear in the logit, so it is folded into the head.
    weight = state["head.weight"][keep] * scale[:, None]
    shift = state["head.bias"][keep] * scale + bias
    head = [
        graph.constant("head.weight", weight.astype(np.float32)),
        graph.constant("head.bias", shift.astype(np.float32)),
    ]
    graph.add("Gemm", ["pooled.tanh", *head], "logits", transB=1)
    graph.add("Sigmoid", ["logits"], "probabilities")


def build(shape: Shape, state: dict[str, Array], scale: Array, bias: Array, keep: list[int]) -> onnx.ModelProto:
    """The whole model; ``keep`` are the numbers of the labels it answers, ``scale`` and ``bias`` theirs."""
    graph = Graph()
    states = _embedding(graph, shape, state)
    graph.add("Cast", ["attention_mask"], "key_mask", to=TensorProto.INT32)
    for number in range(shape.layers):
        states = _layer(graph, shape, state, number, states)
    _answer(graph, state, states, (scale, bias), keep)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "pieces"])
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", len(keep)])
    body = helper.make_graph(graph.nodes, "toxicity", inputs, [output], graph.constants)
    return helper.make_model(
        body,
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=10,
        producer_name="crossing-guard training",
    )
