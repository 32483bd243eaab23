"""Where a question goes, before any model is asked. Pure.

The rules are sure only of what the parser read to the last word, or of what the planner
recognises by name; everything else is left to the router agent (the route is then None).
"""

from backend.domain.chat import Subject, ToolSpec
from backend.domain.ports import Planner
from backend.domain.turns import Decision, Route
from backend.semantic.planner import QUERY_TOOL

#: The rules consumed every word; what remains is that a word may mean more than they know.
_SURE = 0.97


def route_by_rules(subject: Subject, planner: Planner, tools: tuple[ToolSpec, ...]) -> Route | None:
    """The decision, when the question names what only one kind of tool answers."""
    planned = [name for name, _ in planner.plan(subject, tools)]
    if not planned or _is_half_understood(subject, planned):
        return None
    market = [name for name in planned if name.startswith("market_")]
    if market and len(market) < len(planned):
        decision = Decision.BOTH
    else:
        decision = Decision.MARKET if market else Decision.SALES
    return Route(
        decision=decision,
        by="rules",
        reason=f"every word was understood, and asks for {' and '.join(planned)}",
        confidence=_SURE,
    )


def _is_half_understood(subject: Subject, planned: list[str]) -> bool:
    """Whether figures were asked for in words that the plan leaves out."""
    reading = subject.reading
    return (
        reading is not None
        and reading.query is not None
        and not reading.complete
        and not reading.follow_up
        and QUERY_TOOL not in planned
    )
