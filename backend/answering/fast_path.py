"""Answer without a model what is certain: a question for figures that was read to the last word.

The same tool is called through the same kernel as the crew would call it, so its trace, its filter and
its evidence are the same; only nobody has to choose it. What may mean two things is not answered but
asked back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.answering.evidence import WitnessedTool
from backend.answering.words import sentence
from backend.domain.events import EventKind
from backend.domain.ports import Planner
from backend.domain.sales import MetricQuery
from backend.domain.turns import Decision, Draft, Route
from backend.semantic.echo import echo
from backend.semantic.model import SemanticModel
from backend.semantic.planner import QUERY_TOOL
from backend.semantic.query_arguments import query_to_arguments
from backend.semantic.query_words import differences
from crews.sales_assistant.run import CrewRun
from crews.tool_log import ToolLog

#: What an answer of the semantic layer is signed with where a model stood by.
METRIC_ENGINE = "metric-engine"
OFFLINE = "offline"
_SURE = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Certain:
    """A question that needs no model: the one call that answers it."""

    tool: WitnessedTool
    arguments: Mapping[str, Any]
    route: Route
    #: None for whoever may not know what the names of a question stand for.
    understood: str | None


def certain(
    run: CrewRun,
    planner: Planner,
    model: SemanticModel,
    *,
    permitted: bool,
    silent: bool = False,
) -> Certain | None:
    """The call that answers the question, if the rules leave nothing to decide.

    Whoever is not permitted to see sales is told so by the tool, and nothing else: neither whom a
    name was taken for, nor that it might be two. Nor does it matter what else is asked of a source
    that is `silent`: the tool will say so.
    """
    reading = run.subject.reading
    tool = next((each for each in run.tools.get("sales", ()) if each.spec.name == QUERY_TOOL), None)
    if reading is None or reading.query is None or not isinstance(tool, WitnessedTool):
        return None
    planned = _planned(run, planner)
    if (not permitted and doubtful(run)) or (silent and planned <= {QUERY_TOOL}):
        bare = MetricQuery(metrics=reading.query.metrics)
        return Certain(
            tool=tool, arguments=query_to_arguments(bare), route=_of_sales(), understood=None
        )
    route = run.route
    if (
        route is None
        or route.decision is not Decision.SALES
        or not reading.complete
        or planned != {QUERY_TOOL}
    ):
        return None
    query = reading.query if permitted else MetricQuery(metrics=reading.query.metrics)
    return Certain(
        tool=tool,
        arguments=query_to_arguments(query),
        route=route,
        understood=echo(model, query, run.subject.language) if permitted else None,
    )


def doubtful(run: CrewRun) -> tuple[MetricQuery, ...]:
    """The queries that the question may mean, where nothing else of it is in doubt."""
    reading = run.subject.reading
    if reading is None or reading.not_understood or not run.tools.get("sales"):
        return ()
    return reading.readings


def answered(run: CrewRun, found: Certain) -> Draft:
    """What the tool says, or which kind of nothing it met."""
    run.emit(EventKind.ROUTE_DECIDED, _told(found.route))
    calls = ToolLog(run.emit, run.claimed_at)
    outcome = calls.run(QUERY_TOOL, found.arguments, lambda: found.tool.call(found.arguments))
    text = outcome.summary or sentence("no_evidence", run.subject.language)
    if run.on_end is not None:
        run.on_end((), calls.calls)
    return Draft(
        text=text,
        model=_signature(run),
        route=found.route,
        tool_calls=calls.calls,
        steps=(),
        understood=found.understood,
    )


def asked_back(run: CrewRun, readings: tuple[MetricQuery, ...], model: SemanticModel) -> Draft:
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


def _planned(run: CrewRun, planner: Planner) -> set[str]:
    """All that the rules would do, by whichever specialist."""
    offered = tuple(tool.spec for tools in run.tools.values() for tool in tools)
    return {name for name, _ in planner.plan(run.subject, offered)}


def _of_sales() -> Route:
    return Route(decision=Decision.SALES, by="rules", reason="asks for sales", confidence=_SURE)


def _signature(run: CrewRun) -> str:
    return OFFLINE if run.model.provider == OFFLINE else METRIC_ENGINE


def _told(route: Route) -> dict[str, object]:
    return {
        "decision": route.decision.value,
        "by": route.by,
        "reason": route.reason,
        "confidence": route.confidence,
    }
