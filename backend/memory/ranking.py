"""Which of a person's memories answer a question: by word, by meaning, and by when it was said.

What is said is rarely whole in one message: "just came out of the bakery" – "and?" – "they want it on
Thursdays". So each memory is read with those around it: their words count in part, and so do their
lengths and meanings. Each score is stretched to 0..1 over all of the person's memories and weighed.

The figures below are what the benchmark found (tests/evals/recall/README.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.store.talk import Talk

Column = NDArray[np.float64]
Integers = NDArray[np.int64]

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
_PACKED, _INTEGER, _SMALL, _FLOAT = (
    np.dtype([("size", ">i4"), ("value", kind)]) for kind in (">i8", ">i4", ">i2", ">f4")
)


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
    packed = _array(talk.places, _PACKED)
    order = np.argsort(packed)
    packed = packed[order]
    nos = packed >> 32
    near = _Near(packed >> 15 & 0xFFFF)
    lengths = (packed & 0x7FFF).astype(np.float64)
    own, spoken, possible = _by_words(talk, nos, lengths, near)
    semantic = _array(talk.semantic, _FLOAT)[order].astype(np.float64)
    known = ~np.isnan(semantic)
    least = semantic[known].min() if known.any() else 0.0
    meant = near.joined(np.where(known, semantic, least), MEANING_BEFORE, ())
    dated = np.isin(nos, _array(talk.dated_nos, _INTEGER))
    score = (1 - SEMANTIC) * _stretched(spoken) + SEMANTIC * _stretched(meant)
    if dated.any():
        score = (score + DATED * dated) / (1 + DATED)
    wanted = ~np.isin(nos, _array(talk.except_nos, _INTEGER))
    best = _best(np.where(wanted, score, -1.0), most)
    beside = [place for place in near.beside(best[0]) if wanted[place]] if best else []
    chosen = islice(dict.fromkeys([*best[:1], *beside, *best]), most)
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
    talk: Talk, nos: Integers, lengths: Column, near: "_Near"
) -> tuple[Column, Column, float]:
    """BM25 of each memory alone, and with those around it; and the most that the latter can be."""
    around = near.joined(lengths, WORDS_BEFORE, WORDS_AFTER)
    alone_norm, around_norm = _norm(lengths), _norm(around)
    own, spoken, possible = np.zeros(len(nos)), np.zeros(len(nos)), 0.0
    place_of = _places(nos)
    for hits in talk.hits:
        places = place_of[np.minimum(_values(hits.nos, _INTEGER), len(place_of) - 1)]
        times = _values(hits.counts, _SMALL)
        # What has no place, the last, was forgotten between the two looks.
        counts = np.bincount(places, weights=times, minlength=len(nos) + 1)[:-1].astype(float)
        found = np.count_nonzero(counts)
        rarity = float(np.log(1 + (len(nos) - found + 0.5) / (found + 0.5)))
        heard = near.joined(counts, WORDS_BEFORE, WORDS_AFTER)
        own += rarity * (_SATURATION + 1) * counts / (counts + alone_norm)
        spoken += rarity * (_SATURATION + 1) * heard / (heard + around_norm)
        possible += rarity * (_SATURATION + 1)
    return own, spoken, possible


def _places(nos: Integers) -> Integers:
    """Where each number stands; those that are not there, and all greater ones, stand at the end."""
    place_of = np.full(int(nos[-1]) + 2, len(nos))
    place_of[nos] = np.arange(len(nos))
    return place_of


def _best(score: Column, most: int) -> list[int]:
    """The places of the highest scores that are not negative, of equals the latest."""
    score = score + np.arange(len(score)) * 1e-12
    all_of_them = most >= len(score)
    places = np.arange(len(score)) if all_of_them else np.argpartition(-score, most)[:most]
    ordered: list[int] = places[np.argsort(-score[places])].tolist()
    return [place for place in ordered if score[place] >= 0]


def _norm(lengths: Column) -> Column:
    mean = max(float(lengths.mean()), 1.0)
    return _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)


class _Near:
    """What stands around each memory in its own conversation."""

    def __init__(self, talks: Integers) -> None:
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


def _array(array: bytes, kind: "np.dtype[np.void]") -> "NDArray[Any]":
    """The values of an array as `array_send` writes it."""
    return _values(array[_HEADER_BYTES:], kind)


def _values(members: bytes, kind: "np.dtype[np.void]") -> "NDArray[Any]":
    """The values of an array without its head: each follows its own size."""
    return np.frombuffer(members, kind)["value"].astype(kind["value"].newbyteorder("="))
