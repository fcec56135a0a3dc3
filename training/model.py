"""The student: a few layers of the encoder, the mean of its word states, and one linear answer per label."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import Array, Encoder


@dataclass(frozen=True)
class Shape:
    """All that is needed to build the module again."""

    hidden: int
    heads: int
    feed_forward: int
    epsilon: float
    layers: int
    pieces: int
    positions: int
    labels: int

    def as_dict(self) -> dict[str, float]:
        """For the checkpoint."""
        return asdict(self)


class Layer(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """One BERT layer: attention, then feed-forward, each followed by its layer norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.out_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.wide = nn.Linear(shape.hidden, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """New states; ``bias`` is very negative where a piece is padding."""
        batch, pieces, hidden = states.shape
        split = self.qkv(states).view(batch, pieces, 3, self.heads, hidden // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Spelt out: the fused kernel's backward pass is several times slower on a CPU at chat lengths.
        scores = query @ key.transpose(-1, -2) * (hidden // self.heads) ** -0.5
        context = torch.softmax(scores + bias.to(scores.dtype), dim=-1) @ value
        context = context.transpose(1, 2).reshape(batch, pieces, hidden)
        states = self.out_norm(states + self.out(context))
        return self.norm(states + self.narrow(functional.gelu(self.wide(states))))


class Student(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """``forward`` gives logits ``[batch, labels]``; padding never changes them."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.word = nn.Embedding(shape.pieces, shape.hidden)
        self.position = nn.Embedding(shape.positions, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(shape.hidden, shape.labels)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits of each text."""
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.dropout(self.norm(self.word(ids) + self.position(places)))
        bias = (1.0 - mask.to(states.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            states = layer(states, bias)
        weight = mask.to(states.dtype).unsqueeze(-1)
        mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        logits: Tensor = self.head(self.dropout(mean.float()))
        return logits


def from_encoder(
    encoder: Encoder, rows: Sequence[int], layers: Sequence[int], labels: int, positions: int = 256
) -> Student:
    """A student that starts from the encoder's ``layers`` and the words in ``rows``."""
    shape = Shape(
        hidden=encoder.hidden,
        heads=encoder.heads,
        feed_forward=encoder.feed_forward,
        epsilon=encoder.epsilon,
        layers=len(layers),
        pieces=len(rows),
        positions=positions,
        labels=labels,
    )
    student = Student(shape)
    tensors = encoder.tensors

    def tensor(name: str) -> Tensor:
        return torch.from_numpy(tensors[name].copy())

    state = {
        "word.weight": torch.from_numpy(tensors["emb.word"][list(rows)].copy()),
        # Every text is of type 0, so its type vector can live in the positions.
        "position.weight": tensor("emb.pos")[:positions] + tensor("emb.type")[0],
        "norm.weight": tensor("emb.ln.w"),
        "norm.bias": tensor("emb.ln.b"),
    }
    names = {"out": "ao", "out_norm": "aln", "wide": "fi", "narrow": "fo", "norm": "oln"}
    for number, layer in enumerate(layers):
        for kind, part in (("weight", "w"), ("bias", "b")):
            state[f"layers.{number}.qkv.{kind}"] = torch.cat([tensor(f"l{layer}.{q}.{part}") for q in "qkv"])
            for ours, theirs in names.items():
                state[f"layers.{number}.{ours}.{kind}"] = tensor(f"l{layer}.{theirs}.{part}")
    missing = student.load_state_dict(state, strict=False)
    if missing.unexpected_keys or set(missing.missing_keys) != {"head.weight", "head.bias"}:
        raise ValueError(f"The encoder does not fit: {missing}")
    nn.init.normal_(student.head.weight, std=0.02)
    nn.init.zeros_(student.head.bias)
    return student


def trained(state: dict[str, Array], shape: Shape) -> Student:
    """A student with the given weights, ready to answer."""
    student = Student(shape, dropout=0.0)
    student.load_state_dict({name: torch.as_tensor(value) for name, value in state.items()})
    student.eval()
    return student
