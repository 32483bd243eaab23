"""Three providers on one loopback port, scripted: what any test of the road can talk to.

    wire.script([{"type": "reply", "text": "Olá!"}])
    model = build_model(ModelConfig(base_url=wire.base_url("anthropic"), ...), planner)
    ...
    assert len(wire.requests()) == 1

A behaviour is used up by the first request that it matches; `times` repeats it, `times: None`
keeps it until the next test. Unscripted requests get an invented text.
"""

from collections.abc import Sequence
from typing import Any

from llmock.scenarios import behavior_from_dict
from llmock.simulation import MockResponseSettings
from llmock.testing import LLMockServer
from llmock.verdict import judge

#: How long to wait for requests that a client gave up on, while their server still serves them.
_IN_FLIGHT_SECONDS = 2.0


class Wire:
    """A running fake of OpenAI, Anthropic and Gemini. Other processes may call it too."""

    def __init__(self, server: LLMockServer) -> None:
        self._server = server

    def base_url(self, provider: str) -> str:
        """What a user would put into OPENAI_BASE_URL, ANTHROPIC_BASE_URL, GEMINI_BASE_URL..."""
        name = "openai" if provider == "openai_compatible" else provider
        url: str = self._server.base_url(name)
        return url

    def script(self, behaviours: Sequence[dict[str, Any]]) -> None:
        """What the next requests get, in llmock's JSON form, in order."""
        self._server.state.scenarios.add(*(behavior_from_dict(each) for each in behaviours))

    def requests(self) -> list[dict[str, Any]]:
        """Every request since the last reset: `provider`, `path`, `model`, `body`, `status`..."""
        records = self._server.state.journal.records(wait=_IN_FLIGHT_SECONDS)
        return [record.to_dict() for record in records]

    def judge(self) -> None:
        """Fail unless the client took the faults as their providers ask: back-off, Retry-After."""
        judge(self._server.state.journal.records(wait=_IN_FLIGHT_SECONDS)).assert_ok(strict=True)

    def reset(self) -> None:
        self._server.state.reset()


def start() -> LLMockServer:
    """A server in a thread of this process, on a free port; `stop()` ends it."""
    # Tools are called only when a script says so.
    server: LLMockServer = LLMockServer(responses=MockResponseSettings(tool_mode="off"))
    return server.start()
