"""No test reaches a real model: a connection beyond this machine is refused, whoever asks for it."""

import socket
from contextlib import closing
from typing import Any

import httpx
import pytest
from pytest_socket import SocketConnectBlockedError

from backend.domain.errors import SalesCrewError
from backend.llm.factory import build_model
from backend.llm.model_config import ModelConfig, Provider
from tests.wire.stage import MODELS, NoPlanner, a_request

#: Set aside for documentation (RFC 5737): nobody is there.
ELSEWHERE = "192.0.2.1"
#: What the guard raises. It warns first, and in this suite a warning is an error.
REFUSAL = (SocketConnectBlockedError, UserWarning)
HOSTS: dict[Provider, str] = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "gemini": "generativelanguage.googleapis.com",
}


def test_a_connection_beyond_this_machine_is_refused() -> None:
    with pytest.raises(REFUSAL, match=ELSEWHERE):
        socket.create_connection((ELSEWHERE, 443), timeout=1)
    with pytest.raises(REFUSAL, match=ELSEWHERE):
        httpx.get(f"http://{ELSEWHERE}/v1/models", trust_env=False)


def test_a_connection_to_this_machine_is_not() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as connection,
    ):
        assert connection.getpeername() == server.getsockname()


@pytest.mark.parametrize("provider", HOSTS)
def test_a_model_at_its_own_address_cannot_be_called(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key, as a developer may have one, and with its name resolved, as it is elsewhere."""
    guarded, resolve = socket.socket.connect, socket.getaddrinfo
    refused: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        try:
            guarded(self, address)
        except REFUSAL:
            refused.append(address)
            raise

    def look_up(host: str, *more: Any, **named: Any) -> Any:
        return resolve(ELSEWHERE if host == HOSTS[provider] else host, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    config = ModelConfig(provider=provider, model=MODELS[provider], api_key="a-real-key")

    with closing(build_model(config, NoPlanner())) as model, pytest.raises(SalesCrewError):
        model.complete(a_request())

    assert refused == [(ELSEWHERE, 443)]
