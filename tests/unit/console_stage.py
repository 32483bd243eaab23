"""The console before a pretended API: the wire is faked, every page is the real one."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.unit.console_answers import TALK, TURN, Answer
from ui import api_client

UI = Path(__file__).parents[2] / "ui"
KEY = "sc_a-key-of-the-console"
HOSTILE = "<img src=http://x> ![x](http://x)"
#: Elements that draw their words as they are.
PLAIN = {"text", "code", "dataframe", "vega_lite_chart", "text_input", "selectbox"}
#: A page, and what its address needs to be about something.
PAGES = {
    "overview": {},
    "conversations": {},
    "conversation": {"id": TALK},
    "turns": {},
    "turn": {"id": TURN},
    "costs": {},
    "memory": {"user_id": "maria", "query": "discount"},
    "data": {"question": "revenue by region"},
    "knowledge": {"question": "how long"},
}


@dataclass
class PretendedApi:
    """Answers by path. `answers` may be changed while a page lives; `asked` is what came."""

    answers: dict[str, Answer]
    #: (status, code) of every answer, where all fail.
    failing: tuple[int, str] | None = None
    #: The same of single paths.
    refusing: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        failing = self.failing or self.refusing.get(request.url.path)
        if failing is not None:
            status, code = failing
            return httpx.Response(status, json={"code": code, "detail": "why it failed"})
        answer = self.answers.get(request.url.path)
        if answer is None:
            return httpx.Response(404, json={"code": "not_found", "detail": ""})
        if isinstance(answer, str):
            return httpx.Response(200, text=answer, headers={"Content-Type": "text/event-stream"})
        return httpx.Response(202 if request.method == "POST" else 200, json=answer)

    def params(self, path: str) -> dict[str, str]:
        """Of the last call of `path`."""
        return dict([each for each in self.asked if each.url.path == path][-1].url.params)


def pretend(monkeypatch: Any, api: Callable[[httpx.Request], httpx.Response]) -> Iterator[None]:
    """Until the test ends, the console speaks to `api`."""
    st.cache_data.clear()
    with api_client.new_client(httpx.MockTransport(api)) as client:
        monkeypatch.setattr(api_client, "_client", lambda: client)
        yield
    st.cache_data.clear()


def opened(screen: str, params: dict[str, str] | None = None, key: str | None = KEY) -> AppTest:
    """The page as somebody sees it who has signed in."""
    page = AppTest.from_file(str(UI / "app.py"), default_timeout=30)
    # The pages are known from the first run on, which stands before the door.
    page.run()
    if key is not None:
        page.session_state["key"] = key
    page.switch_page(f"screens/{screen}.py")
    for name, value in {"lang": "en", **PAGES.get(screen, {}), **(params or {})}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception, [each.message for each in page.exception]
    return page


def elements(page: AppTest) -> Iterator[Any]:
    """Everything that is drawn, also by elements that AppTest has no class for."""
    for place in (page.main, page.sidebar):
        yield from _below(place)


def _below(node: Any) -> Iterator[Any]:
    # Of a block its own words, as an expander's label, are drawn too.
    if getattr(node, "proto", None) is not None:
        yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


def links(page: AppTest) -> dict[str, str]:
    """The query of each link, by its label; the last of a label counts."""
    found = [each.proto for each in elements(page) if each.type == "page_link"]
    return {each.label: each.query_string for each in found}


def stream(*events: tuple[str, dict[str, Any]], first: int = 1) -> str:
    """Server-Sent Events, as the API writes them."""
    parts = [
        f"id: 1-{number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for number, (kind, data) in enumerate(events, first)
    ]
    return "".join(["retry: 1000\n\n", ": ping\n\n", *parts])


def drawn_as_markup(page: AppTest) -> list[str]:
    """The kinds of elements that would draw hostile words as Markdown or HTML."""
    suspects = [each for each in elements(page) if _kind(each) not in PLAIN]
    return [_kind(each) for each in suspects if "http://x" in str(each.proto)]


def _kind(element: Any) -> str:
    return str(element.type)
