"""No test reaches a real model: a connection beyond this machine is refused, whoever asks for it."""

import socket
from typing import Any

import httpx
import pytest
from pytest_socket import SocketConnectBlockedError
from structlog.testing import capture_logs

from backend.domain.errors import SalesCrewError
from backend.llm.factory import build_model
from backend.llm.model_config import ModelConfig, Provider
from tests.wire.stage import MODELS, NoPlanner, a_request

#: Set aside for documentation (RFC 5737): nobody is there.
ELSEWHERE = "192.0.2.1"
#: What the guard raises. It warns first, and in this suite a warning is an error.
REFUSED = (SocketConnectBlockedError, UserWarning)


def test_a_connection_beyond_this_machine_is_refused() -> None:
    with pytest.raises(REFUSED, match=ELSEWHERE):
        socket.create_connection((ELSEWHERE, 443), timeout=1)
    with pytest.raises(REFUSED, match=ELSEWHERE):
        httpx.get(f"http://{ELSEWHERE}/v1/models", trust_env=False)


def test_a_connection_to_this_machine_is_not() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as connection,
    ):
        assert connection.getpeername() == server.getsockname()


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_a_model_at_its_own_address_cannot_be_called(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ELSEWHERE, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    # As a developer's environment might have it, and no test.
    config = ModelConfig(provider=provider, model=MODELS[provider], api_key="a-real-key")
    model = build_model(config, NoPlanner())

    with capture_logs() as logged, pytest.raises(SalesCrewError):
        model.complete(a_request())

    assert looked_up == [_HOSTS[provider]]
    [failure] = [line for line in logged if line["event"] == "llm.call_failed"]
    assert failure["code"] in {error.__name__ for error in REFUSED} | _WRAPPED
    model.close()


_HOSTS: dict[Provider, str] = {
    "openai": "api.openai.com",
    "anthropic": "api.anthropic.com",
    "gemini": "generativelanguage.googleapis.com",
}
#: What an SDK makes of an exception that it does not know.
_WRAPPED = {"APIConnectionError"}
