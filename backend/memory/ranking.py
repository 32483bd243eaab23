"""Which of a person's memories answer a question: by word, by meaning, and by when it was said.

What is said is rarely whole in one message: "just came out of the bakery" – "and?" – "they want it on
Thursdays". So each memory is read with those around it: their words count in part, and so do their
lengths and meanings. Each score is stretched to 0..1 over all of the person's memories and weighed.

The figures below are what the benchmark found (tests/evals/recall/README.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from backend.store.talk import Talk

Column = NDArray[np.float64]

#: Share of the score that meaning has, and words the rest. Anything from 0.3 to 0.5 does as well.
SEMANTIC = 0.4
#: What a period that is asked for adds to what was said in it.
DATED = 0.4
#: How much the words of the memories one and two before count, and of the one after: whoever speaks
#: now spoke two before.
WORDS_BEFORE = (0.7, 0.7)
WORDS_AFTER = (0.4,)
#: The same of their meaning.
MEANING_BEFORE = (0.5, 0.3)
#: BM25: how soon more of a word says no more, and how much a long text is held against itself.
_SATURATION = 1.2
_LENGTH = 0.5
#: An array of one dimension begins so far in, if it has any members.
_HEADER_BYTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A memory's scores."""

    no: int
    #: 0..1.
    score: float
    #: BM25 of its own words, and with those around it.
    lexical: float
    spoken: float
    #: Cosine of its own meaning; None without a vector.
    semantic: float | None
    #: Said in a period that was asked for.
    dated: bool
    #: What `spoken` would be if every word that was asked for were in it often.
    possible: float


def ranked(talk: Talk, *, most: int) -> list[Rank]:
    """The best of them, best first; the very best with what was said right before and after it."""
    nos = _integers(talk.nos)
    near = _Near(_integers(talk.talks))
    lengths = _integers(talk.words).astype(np.float64)
    own, spoken, possible = _by_words(talk, nos, lengths, near)
    semantic = _floats(talk.semantic)
    known = ~np.isnan(semantic)
    least = semantic[known].min() if known.any() else 0.0
    meant = near.joined(np.where(known, semantic, least), MEANING_BEFORE, ())
    dated = _integers(talk.dated) == 1
    score = (1 - SEMANTIC) * _stretched(spoken) + SEMANTIC * _stretched(meant)
    if dated.any():
        score = (score + DATED * dated) / (1 + DATED)
    wanted = ~np.isin(nos, _integers(talk.except_nos))
    # Of equals the latest.
    order = [place for place in np.lexsort((-nos, -score)).tolist() if wanted[place]]
    beside = [place for place in near.beside(order[0]) if wanted[place]] if order else []
    chosen = islice(dict.fromkeys([*order[:1], *beside, *order]), most)
    return [
        Rank(
            no=int(nos[place]),
            score=float(score[place]),
            lexical=float(own[place]),
            spoken=float(spoken[place]),
            semantic=float(semantic[place]) if known[place] else None,
            dated=bool(dated[place]),
            possible=possible,
        )
        for place in sorted(chosen, key=lambda place: (-score[place], -nos[place]))
    ]


def _by_words(
    talk: Talk, nos: NDArray[np.int64], lengths: Column, near: "_Near"
) -> tuple[Column, Column, float]:
    """BM25 of each memory alone, and with those around it; and the most that the latter can be."""
    around = near.joined(lengths, WORDS_BEFORE, WORDS_AFTER)
    alone_norm, around_norm = _norm(lengths), _norm(around)
    own, spoken, possible = np.zeros(len(nos)), np.zeros(len(nos)), 0.0
    for hits in talk.hits:
        counts = np.zeros(len(nos))
        hit, times = _integers(hits.nos), _integers(hits.counts)
        places = np.searchsorted(nos, hit)
        there = nos[np.minimum(places, len(nos) - 1)] == hit
        np.add.at(counts, places[there], times[there])
        found = np.count_nonzero(counts)
        rarity = float(np.log(1 + (len(nos) - found + 0.5) / (found + 0.5)))
        heard = near.joined(counts, WORDS_BEFORE, WORDS_AFTER)
        own += rarity * (_SATURATION + 1) * counts / (counts + alone_norm)
        spoken += rarity * (_SATURATION + 1) * heard / (heard + around_norm)
        possible += rarity * (_SATURATION + 1)
    return own, spoken, possible


def _norm(lengths: Column) -> Column:
    mean = max(float(lengths.mean()), 1.0)
    return _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)


class _Near:
    """What stands around each memory in its own conversation."""

    def __init__(self, talks: NDArray[np.int64]) -> None:
        self._talks = talks

    def joined(self, column: Column, before: Sequence[float], after: Sequence[float]) -> Column:
        """Each place with a share of the places before and after it."""
        whole = column.copy()
        for away, share in enumerate(before, start=1):
            same = self._talks[away:] == self._talks[:-away]
            whole[away:] += share * column[:-away] * same
        for away, share in enumerate(after, start=1):
            same = self._talks[away:] == self._talks[:-away]
            whole[:-away] += share * column[away:] * same
        return whole

    def beside(self, place: int) -> list[int]:
        """The places right before and after it, in its conversation."""
        around = (place - 1, place + 1)
        inside = [each for each in around if 0 <= each < len(self._talks)]
        return [each for each in inside if self._talks[each] == self._talks[place]]


def _stretched(scores: Column) -> Column:
    least, most = scores.min(), scores.max()
    if most == least:
        return np.zeros(len(scores))
    stretched: Column = (scores - least) / (most - least)
    return stretched


def _integers(array: bytes) -> NDArray[np.int64]:
    return _values(array, ">i4").astype(np.int64)


def _floats(array: bytes) -> Column:
    return _values(array, ">f4").astype(np.float64)


def _values(array: bytes, kind: str) -> "NDArray[np.generic]":
    """The values of an array as `array_send` writes it, each after its size of four bytes."""
    members = np.dtype([("size", ">i4"), ("value", kind)])
    if len(array) < _HEADER_BYTES:
        return np.zeros(0, dtype=kind)
    values: NDArray[np.generic] = np.frombuffer(array, members, offset=_HEADER_BYTES)["value"]
    return values
