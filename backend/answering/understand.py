"""Where a question goes, before any model is asked, and what is said of one half understood. Pure.

The rules are sure only of what the parser read to the last word, or of what the planner
recognises by name; everything else is left to the router agent (the route is then None).
"""

from backend.answering.world import Source
from backend.domain.chat import Subject, ToolSpec
from backend.domain.ports import Planner
from backend.domain.sales import Reading
from backend.domain.turns import Decision, Route
from backend.plugins.scope import TurnScope
from backend.semantic.apologies import say_not_understood
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


def half_understood(reading: Reading, source: Source, scope: TurnScope) -> str | None:
    """What was understood of a question for figures, what was not, and what is most like it.

    None where nothing is in doubt, and for whoever may see no figures. To whom only some rows are
    open, no names of the others are offered.
    """
    is_doubtful = reading.query is not None and bool(reading.not_understood)
    if not is_doubtful or source.layer is None or not scope.sees_sales:
        return None
    model = source.layer.model
    sees_all = not source.silent and scope.asker.role not in model.row_scope
    members = source.layer.members.all() if sees_all else None
    return say_not_understood(model, reading, reading.language, members)


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
