"""Answer without a model what is certain: a question for figures that was read to the last word.

The same tool is called through the same kernel as the crew would call it, so its trace, its filter and
its evidence are the same; only nobody has to choose it. What may mean two things is not answered but
asked back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.answering.evidence import WitnessedTool
from backend.answering.words import sentence
from backend.domain.chat import Subject
from backend.domain.events import EventKind
from backend.domain.ports import Planner
from backend.domain.sales import MetricQuery
from backend.domain.turns import Decision, Draft, Route
from backend.semantic.model import SemanticModel
from backend.semantic.planner import QUERY_TOOL
from backend.semantic.query_words import differences, query_in_words
from crews.sales_assistant.run import CrewRun
from crews.tool_log import ToolLog

#: What an answer of the semantic layer is signed with where a model stood by.
METRIC_ENGINE = "metric-engine"
OFFLINE = "offline"
_SURE = 0.99


@dataclass(frozen=True, slots=True)
class Certain:
    """A question that needs no model: the one call that answers it."""

    tool: WitnessedTool
    arguments: Mapping[str, Any]
    understood: str


def certain(run: CrewRun, planner: Planner, model: SemanticModel) -> Certain | None:
    """The call that answers the question, if the rules leave nothing to decide."""
    reading = run.subject.reading
    if (
        run.route is None
        or run.route.decision is not Decision.SALES
        or reading is None
        or not reading.complete
        or reading.query is None
    ):
        return None
    tools = {tool.spec.name: tool for tool in run.tools.get("sales", ())}
    planned = planner.plan(run.subject, tuple(tool.spec for tool in tools.values()))
    tool = tools.get(QUERY_TOOL)
    if len(planned) != 1 or planned[0][0] != QUERY_TOOL or not isinstance(tool, WitnessedTool):
        return None
    return Certain(
        tool=tool,
        arguments=planned[0][1],
        understood=_understood(model, reading.query, run.subject),
    )


def answered(run: CrewRun, found: Certain, say: Callable[[str], None]) -> Draft:
    """What the tool says, or which kind of nothing it met; the text goes out through `say`."""
    assert run.route is not None  # noqa: S101 - `certain` has seen it
    run.emit(EventKind.ROUTE_DECIDED, _told(run.route))
    calls = ToolLog(run.emit, run.claimed_at)
    outcome = calls.run(QUERY_TOOL, found.arguments, lambda: found.tool.call(found.arguments))
    text = outcome.summary or sentence("no_evidence", run.subject.language)
    say(text)
    if run.on_end is not None:
        run.on_end((), calls.calls)
    return Draft(
        text=text,
        model=_signature(run),
        route=run.route,
        tool_calls=calls.calls,
        steps=(),
        understood=found.understood,
    )


def asked_back(
    run: CrewRun,
    readings: tuple[MetricQuery, ...],
    model: SemanticModel,
    say: Callable[[str], None],
) -> Draft:
    """Which of the readings was meant: a question in place of a guess."""
    route = Route(
        decision=Decision.CLARIFY,
        by="rules",
        reason="a word of the question may mean several things",
        confidence=_SURE,
    )
    run.emit(EventKind.ROUTE_DECIDED, _told(route))
    options = differences(model, readings, run.subject.language)
    listed = "\n".join(f"{number}. {each}" for number, each in enumerate(options, start=1))
    text = sentence("which", run.subject.language).format(options=listed)
    say(text)
    if run.on_end is not None:
        run.on_end((), ())
    return Draft(
        text=text,
        model=_signature(run),
        route=route,
        tool_calls=(),
        steps=(),
        choices=readings,
    )


def _understood(model: SemanticModel, query: MetricQuery, subject: Subject) -> str:
    said = query_in_words(model, query, subject.language)
    return said[:1].upper() + said[1:]


def _signature(run: CrewRun) -> str:
    return OFFLINE if run.model.provider == OFFLINE else METRIC_ENGINE


def _told(route: Route) -> dict[str, object]:
    return {
        "decision": route.decision.value,
        "by": route.by,
        "reason": route.reason,
        "confidence": route.confidence,
    }
