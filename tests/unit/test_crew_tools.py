"""The bridge to CrewAI's tools and the log that every call goes through."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.domain.chat import ToolSpec
from backend.domain.events import EventKind
from backend.domain.trace import ToolOutcome
from tests.unit.crew_stage import QUERY, SERIES, StagedTool, Watcher

# isort: split
from crewai.tools.tool_failure import ToolFailure

from crews.tool_log import ToolLog
from crews.tools import CrewTool, bridged

CLAIMED_SECONDS_AGO = 5


def one(tool: StagedTool, watcher: Watcher, seconds: float = 30) -> tuple[Any, ToolLog]:
    log = ToolLog(watcher.emit, time.monotonic() - CLAIMED_SECONDS_AGO)
    (crew_tool,) = bridged([tool], log, time.monotonic() + seconds)
    return crew_tool, log


def test_a_call_is_told_made_and_kept() -> None:
    watcher, tool = Watcher(), StagedTool()
    crew_tool, log = one(tool, watcher)
    assert crew_tool.run(metrics=["revenue"]) == tool.content
    (call,) = log.calls
    assert (call.name, call.arguments) == ("sales_query_metrics", {"metrics": ["revenue"]})
    assert call.outcome.ok
    assert call.outcome.sql == "SELECT 1"
    assert call.started_ms >= CLAIMED_SECONDS_AGO * 1000
    assert watcher.events == [
        (
            EventKind.TOOL_CALLED,
            {"tool_call": 0, "name": call.name, "arguments": {"metrics": ["revenue"]}},
        ),
        (
            EventKind.TOOL_FINISHED,
            {
                "tool_call": 0,
                "name": call.name,
                "ok": True,
                "rows": 1,
                "error": None,
                "time_ms": call.time_ms,
            },
        ),
    ]


def test_figures_carry_the_number_of_their_call() -> None:
    crew_tool, log = one(StagedTool(), Watcher())
    crew_tool.run(metrics=["revenue"])
    crew_tool.run(metrics=["orders"])
    assert [call.outcome.figures[0].tool_call for call in log.calls] == [0, 1]


def test_a_failed_outcome_is_a_failure_to_crewai_with_the_same_text() -> None:
    outcome = ToolOutcome(content='{"status":"no_rows"}', ok=False, error="no_rows")
    crew_tool, log = one(StagedTool(act=lambda _: outcome), Watcher())
    result = crew_tool.run()
    assert isinstance(result, ToolFailure)
    assert result.as_agent_message() == outcome.content
    assert log.calls[0].outcome.error == "no_rows"


def test_an_exception_is_told_as_a_code_and_nothing_of_its_text() -> None:
    def explode(_: Mapping[str, Any]) -> ToolOutcome:
        raise RuntimeError("password=hunter2")

    crew_tool, log = one(StagedTool(act=explode), Watcher())
    content = crew_tool.run().as_agent_message()
    assert json.loads(content)["status"] == log.calls[0].outcome.error == "internal"
    assert "hunter2" not in repr(log.calls)


def test_what_is_no_exception_is_not_caught() -> None:
    class Interrupt(BaseException):
        """As a queue interrupts a thread."""

    def interrupt(_: Mapping[str, Any]) -> ToolOutcome:
        raise Interrupt

    crew_tool, _ = one(StagedTool(act=interrupt), Watcher())
    with pytest.raises(Interrupt):
        crew_tool.run()


def test_after_the_deadline_no_tool_is_begun() -> None:
    tool = StagedTool()
    crew_tool, log = one(tool, Watcher(), seconds=-1)
    assert json.loads(crew_tool.run().as_agent_message())["status"] == "deadline_exceeded"
    assert tool.given == []
    assert log.calls[0].outcome.error == "deadline_exceeded"


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"self": 1, "cls": 2, "args": 3, "kwargs": 4, "arguments": 5, "tool": 6},
        {"metrics": None, "limit": "5", "unknown": {"deep": [1, None]}},
        {"com espaço": True, "": False},
    ],
)
def test_arguments_arrive_as_the_model_gave_them(arguments: dict[str, Any]) -> None:
    tool = StagedTool()
    crew_tool, log = one(tool, Watcher())
    crew_tool.run(**arguments)
    assert tool.given == [arguments]
    assert log.calls[0].arguments == arguments


def test_many_threads_keep_one_order() -> None:
    log = ToolLog(Watcher().emit, time.monotonic())
    with ThreadPoolExecutor(8) as pool:
        numbers = pool.map(
            lambda n: log.run(f"t{n}", {"n": n}, lambda: StagedTool().call({})), range(64)
        )
        given = [outcome.figures[0].tool_call for outcome in numbers]
    assert sorted(given) == list(range(64))
    assert [call.outcome.figures[0].tool_call for call in log.calls] == list(range(64))
    assert all(log.calls[number].arguments["n"] == n for n, number in enumerate(given))


@pytest.mark.parametrize("spec", [QUERY, SERIES, ToolSpec(name="x", description="", parameters={})])
def test_a_tool_keeps_its_name_and_description(spec: ToolSpec) -> None:
    crew_tool = CrewTool(
        StagedTool(spec=spec), ToolLog(Watcher().emit, time.monotonic()), time.monotonic() + 1
    )
    assert (crew_tool.name, crew_tool.description) == (spec.name, spec.description)
