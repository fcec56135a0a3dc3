"""The student: most layers of the encoder, the state of its first piece, and one answer per label."""

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import Array, Encoder

NEW = {f"{part}.{kind}" for part in ("pooler", "head", "hint") for kind in ("weight", "bias")}


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

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.dropout = nn.Dropout(dropout)
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.out_norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.wide = nn.Linear(shape.hidden, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

    def forward(self, states: Tensor, bias: Tensor, first: bool = False) -> Tensor:
        """New states, of the first piece alone if ``first``; ``bias`` is very negative where a piece is padding."""
        batch, pieces, hidden = states.shape
        size = hidden // self.heads
        if first:
            weight, shift = self.qkv.weight, self.qkv.bias
            both = functional.linear(states, weight[hidden:], shift[hidden:]).view(batch, pieces, 2, self.heads, size)
            key, value = both.permute(2, 0, 3, 1, 4)
            states, pieces = states[:, :1], 1
            query = functional.linear(states, weight[:hidden], shift[:hidden])
            query = query.view(batch, 1, self.heads, size).transpose(1, 2)
        else:
            split = self.qkv(states).view(batch, pieces, 3, self.heads, size)
            query, key, value = split.permute(2, 0, 3, 1, 4)
        # Spelt out: the fused kernel's backward pass is several times slower on a CPU at chat lengths.
        scores = query @ key.transpose(-1, -2) * size**-0.5
        context = torch.softmax(scores + bias.to(scores.dtype), dim=-1) @ value
        context = context.transpose(1, 2).reshape(batch, pieces, hidden)
        states = self.out_norm(states + self.dropout(self.out(context)))
        return self.norm(states + self.dropout(self.narrow(functional.gelu(self.wide(states)))))


class Student(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """``forward`` gives logits ``[batch, labels]``; padding never changes them.

    It is a BERT classifier to the letter (first piece, dense, tanh, linear), so that ``twin.py`` can write it as one.
    """

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.word = nn.Embedding(shape.pieces, shape.hidden)
        self.position = nn.Embedding(shape.positions, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.dropout = nn.Dropout(dropout)
        self.pooler = nn.Linear(shape.hidden, shape.hidden)
        self.head = nn.Linear(shape.hidden, shape.labels)
        self.hint = nn.Linear(shape.hidden, shape.labels)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Logits of each text."""
        return self.answers(ids, mask)[0]

    def answers(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits, and those that the mean of all pieces before the last layer gives.

        The first piece of this encoder says little at first. Asking the other pieces too, while learning, keeps
        them telling; the last layer then has something to gather. Only the first answer is shipped.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.dropout(self.norm(self.word(ids) + self.position(places)))
        bias = (1.0 - mask.to(states.dtype))[:, None, None, :] * -1e4
        for layer in self.layers[:-1]:
            states = layer(states, bias)
        weight = mask.to(states.dtype).unsqueeze(-1)
        mean = (states * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        # Of the last layer only the first piece is ever looked at, so nothing else is computed.
        pooled = torch.tanh(self.pooler(self.layers[-1](states, bias, True)[:, 0]))
        return self.head(self.dropout(pooled)).float(), self.hint(self.dropout(mean)).float()


def worker(student: Student) -> Student:
    """A copy that computes in bfloat16 (layer norms keep float32), for steps whose weights live in ``student``."""
    made = copy.deepcopy(student)
    for module in made.modules():
        if not isinstance(module, nn.LayerNorm):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.to(torch.bfloat16)
    return made


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
    if missing.unexpected_keys or set(missing.missing_keys) != NEW:
        raise ValueError(f"The encoder does not fit: {missing}")
    nn.init.eye_(student.pooler.weight)  # the encoder's own state is where to start from
    nn.init.zeros_(student.pooler.bias)
    for head in (student.head, student.hint):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    return student


def trained(state: dict[str, Array], shape: Shape) -> Student:
    """A student with the given weights, ready to answer."""
    student = Student(shape, dropout=0.0)
    student.load_state_dict({name: torch.as_tensor(value) for name, value in state.items()})
    student.eval()
    return student
