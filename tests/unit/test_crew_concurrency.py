"""Many turns in one process, over one model object: each keeps what is its own."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from backend.domain.chat import ChatReply, ChatRequest, ToolRequest
from backend.domain.ports import OnText
from backend.domain.trace import ToolOutcome
from backend.domain.turns import Decision, Draft
from tests.unit.crew_stage import (
    CREWAI_WARNS,
    QUERY,
    SERIES,
    StagedTool,
    Watcher,
    a_run,
    route,
    said,
    subject,
)

# isort: split
from crews.sales_assistant.crew import answer

pytestmark = CREWAI_WARNS

TURNS = 32


class EchoModel:
    """Asks for its tool with the question as argument, then says what the tool said."""

    name = "echo-1"
    provider = "echo"

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        # Long enough for the other turns to come in between.
        time.sleep(0.005)
        last = request.messages[-1]
        if last.role == "tool":
            heard = json.loads(last.text)["said"]
            return said(" ".join([*request.subject.findings, heard]), request, on_text)
        arguments = {"question": request.subject.question}
        (tool,) = request.tools
        return said(
            (ToolRequest(id="same", name=tool.name, arguments=arguments),), request, on_text
        )


def echoing(name: str) -> StagedTool:
    def act(arguments: Mapping[str, Any]) -> ToolOutcome:
        time.sleep(0.002)
        said = f"{name} of {arguments['question']}"
        return ToolOutcome(content=json.dumps({"status": "ok", "said": said}), ok=True)

    return StagedTool(spec=QUERY if name == "sales" else SERIES, act=act)


def test_32_turns_at_once_keep_their_own_words_tools_and_steps() -> None:
    model, together = EchoModel(), Barrier(TURNS)
    decisions = [Decision.SALES, Decision.MARKET, Decision.BOTH]

    def turn(number: int) -> tuple[int, Draft, Watcher, dict[str, StagedTool]]:
        watcher = Watcher()
        tools = {"sales": echoing("sales"), "market": echoing("market")}
        run = a_run(
            model,
            subject=subject(f"turn-{number}"),
            route=route(decisions[number % 3]),
            tools={name: (tool,) for name, tool in tools.items()},
            emit=watcher.emit,
            on_text=watcher.on_text,
        )
        together.wait()
        return number, answer(run), watcher, tools

    with ThreadPoolExecutor(TURNS) as pool:
        ended = list(pool.map(turn, range(TURNS)))

    for number, draft, watcher, tools in ended:
        mine = f"turn-{number}"
        expected = {
            Decision.SALES: ["sales"],
            Decision.MARKET: ["market"],
            Decision.BOTH: ["sales", "market"],
        }[decisions[number % 3]]
        assert draft.text == watcher.text == " ".join(f"{name} of {mine}" for name in expected)
        assert [call.arguments for call in draft.tool_calls] == [{"question": mine}] * len(expected)
        assert [tool.given for tool in tools.values()] == [
            [{"question": mine}] if name in expected else [] for name in tools
        ]
        assert [step.detail["llm_calls"] for step in draft.steps] == [2] * len(expected)
        assert [step.detail["tool_calls"] for step in draft.steps] == [1] * len(expected)
        assert len(watcher.events) == 1 + 2 * len(expected)
        assert all(mine in repr(data) for _, data in watcher.events if "arguments" in data)
