"""Ways to find what was said: the product's own, and the plain ones that it is held against."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.domain.identity import TenantId
from backend.llm.embeddings import LocalEmbedder
from backend.memory.terms import asked_terms, terms_of
from tests.evals.recall.history import Said

#: Each of the best turns comes with the one before and the one after.
BESIDE = 1
#: As the literature has it.
_K1, _B, _RRF = 1.2, 0.75, 60
#: Texts embedded together.
_BATCH = 128

#: Names of what was found for a question, so many of the best.
Way = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """BM25 and cosine over single turns, as most would write them."""

    said: Sequence[Said]
    tenant_id: TenantId
    embedder: LocalEmbedder
    #: A row a turn.
    vectors: NDArray[np.float64]
    #: Term -> the turns that have it, and how often.
    postings: Mapping[int, Mapping[int, int]]
    lengths: Sequence[int]

    def by_words(self, question: str, k: int) -> Sequence[str]:
        return self._with_neighbours(_best(self._bm25(question)), k)

    def by_meaning(self, question: str, k: int) -> Sequence[str]:
        return self._with_neighbours(_best(self._cosine(question)), k)

    def by_rank_fusion(self, question: str, k: int) -> Sequence[str]:
        """Both, with equal weight."""
        fused = [0.0] * len(self.said)
        for ranking in (_best(self._bm25(question)), _best(self._cosine(question))):
            for rank, place in enumerate(ranking, start=1):
                fused[place] += 1 / (_RRF + rank)
        return self._with_neighbours(_best(fused), k)

    def _bm25(self, question: str) -> list[float]:
        scores = [0.0] * len(self.said)
        mean = sum(self.lengths) / len(self.lengths)
        asked = asked_terms(self.tenant_id, question)
        by_word: dict[int, list[int]] = defaultdict(list)
        for term, word in zip(asked.terms, asked.words, strict=True):
            by_word[word].append(term)
        for terms in by_word.values():
            counts: dict[int, int] = defaultdict(int)
            for term in terms:
                for place, count in self.postings.get(term, {}).items():
                    counts[place] += count
            rarity = math.log(1 + (len(self.said) - len(counts) + 0.5) / (len(counts) + 0.5))
            for place, count in counts.items():
                length = _K1 * (1 - _B + _B * self.lengths[place] / mean)
                scores[place] += rarity * count * (_K1 + 1) / (count + length)
        return scores

    def _cosine(self, question: str) -> list[float]:
        [asked] = self.embedder.embed([question])
        scores: list[float] = (self.vectors @ np.array(asked)).tolist()
        return scores

    def _with_neighbours(self, ranking: Sequence[int], k: int) -> Sequence[str]:
        kept: dict[int, None] = {}
        for place in ranking[:k]:
            for near in range(max(0, place - BESIDE), min(len(self.said), place + BESIDE + 1)):
                if self.said[near].session == self.said[place].session:
                    kept[near] = None
        return [self.said[place].name for place in kept]


def plain(tenant_id: TenantId, said: Sequence[Said], embedder: LocalEmbedder) -> Plain:
    texts = [each.text for each in said]
    counted = [terms_of(tenant_id, text) for text in texts]
    postings: dict[int, dict[int, int]] = defaultdict(dict)
    for place, terms in enumerate(counted):
        for term, count in terms.items():
            postings[term][place] = count
    return Plain(
        said=said,
        tenant_id=tenant_id,
        embedder=embedder,
        vectors=np.array(
            [
                vector
                for start in range(0, len(texts), _BATCH)
                for vector in embedder.embed(texts[start : start + _BATCH])
            ]
        ),
        postings=postings,
        lengths=[sum(terms.values()) for terms in counted],
    )


def _best(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda place: (-scores[place], -place))
