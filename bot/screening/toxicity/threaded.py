"""What every model shares that scores batches in worker threads of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from bot.screening.seams import Scores
from bot.screening.toxicity.batching import Batcher
from bot.screening.toxicity.manifest import Manifest


class ThreadedModel(ABC):
    """A `ToxicityModel` around a blocking `score_now`. Use as an async context manager, which owns the threads.

    A subclass sets `manifest` before its texts are scored.
    """

    manifest: Manifest

    def __init__(self, *, threads: int) -> None:
        self._batcher = Batcher(self.score_now, workers=threads)

    @property
    def identity(self) -> str:
        """The model's name, version and digest."""
        return self.manifest.identity

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that every score carries."""
        return self.manifest.labels

    async def __aenter__(self) -> Self:
        await self._batcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._batcher.__aexit__(kind, error, trace)

    async def score(self, texts: Sequence[str]) -> list[Scores]:
        """See `ToxicityModel.score`."""
        return await self._batcher.score(texts)

    @abstractmethod
    def score_now(self, texts: Sequence[str]) -> list[Scores]:
        """Score in the calling thread, blocking it; safe to call from several threads at once."""
