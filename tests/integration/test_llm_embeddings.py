"""The local encoder, with its real weights."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.llm.embeddings import LocalEmbedder


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


def _likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_texts_become_unit_vectors_of_512(embedder: LocalEmbedder) -> None:
    vectors = embedder.embed(["Quanto vendemos em outubro?", "", "olá " * 2_000])

    assert [len(vector) for vector in vectors] == [512, 512, 512]
    assert all(math.isclose(_likeness(vector, vector), 1, abs_tol=1e-4) for vector in vectors)
    assert embedder.embed([]) == []


def test_what_means_the_same_is_near_whatever_the_language(embedder: LocalEmbedder) -> None:
    asked, same, english, other = embedder.embed(
        [
            "Quais foram as vendas do mês passado?",
            "Quanto a gente vendeu no último mês?",
            "What were last month's sales?",
            "O cachorro dorme no sofá.",
        ]
    )

    assert _likeness(asked, same) > _likeness(asked, other) + 0.2
    assert _likeness(asked, english) > _likeness(asked, other) + 0.2


def test_threads_get_the_vectors_of_their_own_texts() -> None:
    embedder = LocalEmbedder()
    texts = [f"frase número {number}" for number in range(32)]

    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda text: embedder.embed([text])[0], texts))

    assert together == [embedder.embed([text])[0] for text in texts]
