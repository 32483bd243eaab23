"""What the console may reach: the API by HTTP with time-outs, nothing of ours, no other host."""

import ast
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.unit.console_stage import KEY, UI
from ui import api_client, environment
from ui.__main__ import _OPTIONS
from ui.errors import ApiFailed, EnvironmentUnusable


def test_it_imports_nothing_of_ours() -> None:
    roots = {name.split(".")[0] for name in _imports()}

    assert "ui" in roots
    assert roots & {"backend", "crews", "ops", "tests"} == set()


def test_nothing_is_told_to_its_makers() -> None:
    assert _OPTIONS["browser.gatherUsageStats"] == "false"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (httpx.ReadTimeout("late"), "timed_out"),
        (httpx.ConnectError("away"), "unreachable"),
    ],
)
def test_a_failing_wire_has_a_code(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    _speak(monkeypatch, fail)

    with pytest.raises(ApiFailed) as raised:
        api_client.get("/queue", KEY)
    assert raised.value.code == code
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(502, text="<html>"),
        httpx.Response(500, json=["no problem"]),
        httpx.Response(500, json={"code": 7}),
    ],
)
def test_what_is_no_answer_of_the_api_is_told(
    monkeypatch: pytest.MonkeyPatch, response: httpx.Response
) -> None:
    _speak(monkeypatch, lambda _: response)

    with pytest.raises(ApiFailed) as raised:
        api_client.get("/queue", KEY)
    assert raised.value.code == "not_understood"


def test_a_redirect_does_not_carry_the_key_away(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = []

    def lead_away(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "http://elsewhere.example/"})

    _speak(monkeypatch, lead_away)

    with pytest.raises(ApiFailed):
        api_client.get("/queue", KEY)
    assert hosts == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_URL", "ftp://here"),
        ("API_URL", "http://"),
        ("API_URL", "http://key@here"),
        ("UI_PORT", "0"),
        ("UI_PORT", "65536"),
        ("UI_PORT", "many"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(EnvironmentUnusable, match=f"^{name}: "):
        environment.api_url() if name == "API_URL" else environment.port()


def _speak(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response]
) -> None:
    client = api_client.new_client(httpx.MockTransport(answer))
    monkeypatch.setattr(api_client, "_client", lambda: client)


def _imports() -> Iterator[str]:
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""
