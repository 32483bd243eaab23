"""Vectors of OpenAI and Gemini, asked for over the wire."""

import math
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from backend.domain.errors import EmbedderUnavailable, ModelMisconfigured
from backend.domain.ports import Embedder
from backend.llm.embedder_factory import EmbeddingProvider, build_embedder
from backend.llm.provider_embedder import MOST_BYTES, for_question
from tests.wire.embedding_server import Asked, EmbeddingServer, good_answer

BOTH: tuple[EmbeddingProvider, ...] = ("openai", "gemini")


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with EmbeddingServer() as server:
        yield server


@pytest.fixture(params=BOTH)
def embedder(request: pytest.FixtureRequest, server: EmbeddingServer) -> Iterator[Embedder]:
    provider = request.param
    with closing(
        build_embedder(provider, api_key=" k-1 ", base_url=server.base_url(provider))
    ) as embedder:
        yield embedder


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_texts_become_unit_vectors_of_512_in_their_order(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    sale, visit, sale_again = embedder.embed(["venda de café", "visita na sexta", "café de venda"])
    assert [len(sale), len(visit)] == [512, 512]
    assert all(math.isclose(math.hypot(*each), 1, abs_tol=1e-9) for each in (sale, visit))
    assert likeness(sale, sale_again) > 0.99 > 0.5 > likeness(sale, visit)
    assert embedder.embed([]) == []
    (asked,) = server.asked
    assert asked.key.endswith("k-1")


def test_512_numbers_are_asked_for_of_the_model_that_rows_name(server: EmbeddingServer) -> None:
    for provider in BOTH:
        with closing(
            build_embedder(provider, api_key="k", base_url=server.base_url(provider))
        ) as embedder:
            embedder.embed(["uma venda"])
            for_question(embedder).embed(["quanto?"])
    openai, openai_question, gemini, gemini_question = server.asked
    assert openai.path == openai_question.path == "/v1/embeddings"
    assert (openai.body["model"], openai.body["dimensions"]) == ("text-embedding-3-small", 512)
    assert gemini.path == "/v1beta/models/gemini-embedding-001:batchEmbedContents"
    kinds = [each.body["requests"][0]["taskType"] for each in (gemini, gemini_question)]
    assert kinds == ["RETRIEVAL_DOCUMENT", "RETRIEVAL_QUERY"]
    assert gemini.body["requests"][0]["outputDimensionality"] == 512


def test_many_texts_go_in_batches_that_the_provider_takes(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    vectors = embedder.embed([f"linha {number}" for number in range(150)])
    assert len(vectors) == 150
    assert max(len(each.texts) for each in server.asked) <= 100
    assert likeness(vectors[140], embedder.embed(["linha 140"])[0]) > 0.999


def test_a_text_is_asked_for_once_however_often_it_comes(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    embedder.embed(["o mesmo", "o mesmo"])
    embedder.embed(["o mesmo"])
    assert server.texts == ["o mesmo"]


def test_what_no_provider_takes_is_cut_or_replaced(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    embedder.embed(["é" * 30_000, "   "])
    long, blank = server.texts
    assert 0 < len(long.encode()) <= MOST_BYTES
    assert blank.strip()


def test_what_is_still_too_long_is_halved_and_its_neighbours_keep_their_own(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    server.most_characters = 900
    vectors = embedder.embed(["curta um", "longa " * 800, "curta dois"])
    assert likeness(vectors[0], embedder.embed(["curta um"])[0]) > 0.999
    assert likeness(vectors[2], embedder.embed(["curta dois"])[0]) > 0.999
    assert likeness(vectors[1], embedder.embed(["longa"])[0]) > 0.99


@pytest.mark.parametrize("embedder", ["openai"], indirect=True)  # the same code waits for both
def test_a_busy_provider_is_asked_again_and_not_before_it_says(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    server.answers.append((429, {"error": {"message": "slow down"}}, {"retry-after": "1"}))
    began = time.monotonic()
    assert len(embedder.embed(["uma venda"])[0]) == 512
    assert len(server.asked) == 2
    assert time.monotonic() - began >= 1.0  # the server's own wish, not a duration of ours


@pytest.mark.parametrize("embedder", ["gemini"], indirect=True)
def test_a_provider_that_stays_away_is_given_up_after_three_tries(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    server.refusing = 503
    with pytest.raises(EmbedderUnavailable):
        embedder.embed(["uma venda"])
    assert len(server.asked) == 3


def test_a_refused_key_is_told_at_once(embedder: Embedder, server: EmbeddingServer) -> None:
    server.refusing = 401
    with pytest.raises(EmbedderUnavailable):
        embedder.embed(["uma venda"])
    assert len(server.asked) == 1


def test_questions_do_not_wait_while_the_provider_is_down_and_texts_still_ask(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    question = for_question(embedder)
    server.refusing = 401
    for _ in range(3):
        with pytest.raises(EmbedderUnavailable):
            question.embed(["quanto vendemos?"])
    assert len(server.asked) == 1
    server.refusing = None
    assert len(embedder.embed(["uma venda"])) == 1
    assert len(question.embed(["quanto vendemos?"])) == 1


@pytest.mark.parametrize("spoiled", ["none", "short", "zero", "fewer", "nan"])
def test_an_answer_that_is_no_vector_is_no_answer(
    embedder: Embedder, server: EmbeddingServer, spoiled: str
) -> None:
    asked = Asked("/Embed" if "gemini" in embedder.model else "/", ["uma", "duas"], {}, "")
    answer = good_answer(asked)
    rows = answer.get("data") or answer["embeddings"]
    name = "embedding" if "data" in answer else "values"
    match spoiled:
        case "none":
            answer = {}
        case "short":
            rows[0][name] = [1.0] * 100
        case "zero":
            rows[0][name] = [0.0] * 512
        case "fewer":
            rows.pop()
        case _:
            rows[0][name] = [float("nan")] * 512
    server.answers.append((200, answer, {}))
    with pytest.raises(EmbedderUnavailable):
        embedder.embed(["uma", "duas"])


def test_no_text_stays_in_memory(embedder: Embedder) -> None:
    embedder.embed(["segredo do cliente"])
    kept = embedder.kept_texts._vectors  # type: ignore[attr-defined]
    assert len(kept) == 1
    assert all(isinstance(key, bytes) and len(key) == 16 for key in kept)


def test_a_key_that_no_header_carries_is_refused_at_the_start() -> None:
    for key in ("", "  ", "chave é", "a\nb"):
        with pytest.raises(ModelMisconfigured):
            build_embedder("openai", api_key=key)


@pytest.mark.parametrize("embedder", ["openai"], indirect=True)
def test_a_renewal_that_meets_a_limit_takes_no_vector_from_a_question(
    embedder: Embedder, server: EmbeddingServer
) -> None:
    server.answers.append((429, {"error": {"message": "slow down"}}, {"retry-after": "600"}))
    with pytest.raises(EmbedderUnavailable):
        embedder.embed(["uma venda"])
    assert len(for_question(embedder).embed(["quanto vendemos?"])) == 1
