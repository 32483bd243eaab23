"""Vectors from a provider: in batches that it takes, tried again by `retries.py` alone, and counted.

A question waits for its vector, so it waits briefly; and while the provider is down, a turn does
without for some seconds, asking and remembering: words are there at once. A renewal has time.
"""

import math
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol

from backend.domain.errors import ContextTooLong, EmbedderUnavailable, SalesCrewError
from backend.domain.ports import Embedder
from backend.domain.usage import Usage
from backend.llm.kept_vectors import KeptVectors, Vector
from backend.llm.price import Tokens
from backend.llm.retries import call_with_retries

WIDTH = 512
#: Cut, not split: what a long text says first is what it is about. Fewer than 8,192 tokens in any
#: language, for no token is shorter than a byte.
MOST_BYTES = 8_000
#: A person waits for what is recalled by the vector; most come within half a second.
QUESTION_SECONDS = 3.0
#: All tries of one batch of texts that are remembered.
TEXTS_SECONDS = 30.0
#: Turns go without vectors for so long after a call that failed.
OUTAGE_SECONDS = 20.0
#: What is shorter has no direction.
_LEAST_NORM = 1e-6


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a provider sent: a vector for each text, in their order, and what it counted."""

    vectors: Sequence[Sequence[float]]
    tokens: Tokens | None


class EmbeddingWire(Protocol):
    """How one provider is asked, once. Raises whatever its SDK raises."""

    provider: str
    model: str
    #: Texts in one request, by the provider's own limits.
    most_texts: int

    def ask(self, texts: Sequence[str], *, question: bool) -> Embedded: ...

    def usage_of(self, tokens: Tokens | None) -> Usage: ...

    def close(self) -> None: ...


class Books(Protocol):
    """Where calls are written down: before they are made, and when they have ended."""

    def kept(self, wire: EmbeddingWire, call: Callable[[], Embedded]) -> Embedded: ...


class Outage:
    """Whether turns had better not ask. Shared by all threads; a race costs one call more."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + OUTAGE_SECONDS

    def end(self) -> None:
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self._until


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEmbedder:
    """An `Embedder` over one shared client. Those made of it by `for_question` share all it has."""

    wire: EmbeddingWire
    books: Books
    #: Caps one try, in seconds; all of them together end by QUESTION_SECONDS or TEXTS_SECONDS.
    cap_seconds: float
    question: bool = False
    #: Whether it may ask while the provider is down: somebody has to find out that it is back.
    patient: bool = True
    #: Wraps the waiting for the provider, so that another turn may work meanwhile.
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    outage: Outage = field(default_factory=Outage)
    kept_questions: KeptVectors = field(default_factory=KeptVectors)
    kept_texts: KeptVectors = field(default_factory=KeptVectors)

    @property
    def model(self) -> str:
        return self.wire.model

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of 512 numbers, in the order of the texts. Raises EmbedderUnavailable."""
        kept = self.kept_questions if self.question else self.kept_texts
        known = kept.find(texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        made: dict[str, Vector] = {}
        for start in range(0, len(new), self.wire.most_texts):
            batch = new[start : start + self.wire.most_texts]
            made.update(
                zip(batch, self._embedded([_sendable(text) for text in batch]), strict=True)
            )
        kept.keep(made)
        known.update(made)
        return [known[text] for text in texts]

    def close(self) -> None:
        self.wire.close()

    def _embedded(self, texts: Sequence[str]) -> list[Vector]:
        if self.outage.lasts and not self.patient:
            raise EmbedderUnavailable
        try:
            with self.aside():
                embedded = self.books.kept(self.wire, lambda: self._asked(texts))
        except ContextTooLong as error:
            return [vector for part in _smaller(texts, error) for vector in self._embedded(part)]
        self.outage.end()
        return [_unit(vector) for vector in embedded.vectors]

    def _asked(self, texts: Sequence[str]) -> Embedded:
        seconds = QUESTION_SECONDS if self.question else TEXTS_SECONDS
        try:
            return call_with_retries(
                lambda _: _checked(self.wire.ask(texts, question=self.question), len(texts)),
                deadline=time.monotonic() + seconds,
                cap_seconds=min(self.cap_seconds, seconds),
                model=self.wire.model,
            )
        except ContextTooLong:
            raise
        except SalesCrewError as error:
            if not self.patient:
                # A renewal may have met its own rate's limit, which a question need not.
                self.outage.begin()
            raise EmbedderUnavailable from error


def for_question(embedder: Embedder, books: Books | None = None) -> Embedder:
    """The embedder as whoever waits for a question's vector uses it."""
    if not isinstance(embedder, ProviderEmbedder):
        return embedder
    return replace(embedder, question=True, patient=False, books=books or embedder.books)


def for_texts(embedder: Embedder, books: Books) -> Embedder:
    """The embedder as a turn remembers by it, its calls on these books."""
    if not isinstance(embedder, ProviderEmbedder):
        return embedder
    return replace(embedder, patient=False, books=books)


def waiting_aside(
    embedder: Embedder, aside: Callable[[], AbstractContextManager[None]]
) -> Embedder:
    """The embedder, letting others work while it waits for its provider."""
    return replace(embedder, aside=aside) if isinstance(embedder, ProviderEmbedder) else embedder


def _sendable(text: str) -> str:
    """As much as a provider takes; a blank text is refused by some."""
    cut = text.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
    return cut if cut.strip() else "."


def _smaller(texts: Sequence[str], error: ContextTooLong) -> Generator[Sequence[str]]:
    """What was too long together, in halves; of one text the first half."""
    if len(texts) > 1:
        half = len(texts) // 2
        yield texts[:half]
        yield texts[half:]
    elif len(texts[0]) < 2:
        raise EmbedderUnavailable from error
    else:
        yield [_sendable(texts[0][: len(texts[0]) // 2])]


def _checked(embedded: Embedded, count: int) -> Embedded:
    """Raises ValueError, which `failures.py` takes for an unreadable answer."""
    if len(embedded.vectors) != count:
        raise ValueError("not one vector for each text")
    for vector in embedded.vectors:
        if len(vector) != WIDTH or not _LEAST_NORM < math.hypot(*vector) < math.inf:
            raise ValueError("not a vector")
    return embedded


def _unit(vector: Sequence[float]) -> Vector:
    # Gemini's vectors are of length one only at their full width.
    length = math.hypot(*vector)
    return [number / length for number in vector]
