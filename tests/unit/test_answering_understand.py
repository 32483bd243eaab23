"""The rules decide only what the planner fully covers; the rest is the router's."""

from datetime import date

import pytest

from backend.answering.understand import route_by_rules
from backend.domain.chat import Subject
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.domain.turns import Decision

REVENUE = MetricQuery(metrics=("revenue",))


class Planned:
    """A planner that wants these tools."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def plan(self, subject: object, tools: object) -> tuple[tuple[str, dict[str, str]], ...]:
        return tuple((name, {}) for name in self._names)


def a_subject(
    *, query: MetricQuery | None = REVENUE, complete: bool = True, follow_up: bool = False
) -> Subject:
    reading = Reading(
        query=query, language=Language.PORTUGUESE, complete=complete, follow_up=follow_up
    )
    return Subject(
        question="?", language=Language.PORTUGUESE, today=date(2026, 11, 24), reading=reading
    )


@pytest.mark.parametrize(
    ("planned", "decision"),
    [
        (["sales_query_metrics"], Decision.SALES),
        (["playbook_find_guidance"], Decision.SALES),
        (["market_get_series"], Decision.MARKET),
        (["sales_query_metrics", "market_get_series"], Decision.BOTH),
    ],
)
def test_the_planned_tools_decide(planned: list[str], decision: Decision) -> None:
    route = route_by_rules(a_subject(), Planned(*planned), ())
    assert route is not None
    assert (route.decision, route.by) == (decision, "rules")
    assert all(name in route.reason for name in planned)


def test_with_nothing_planned_the_router_is_asked() -> None:
    assert route_by_rules(a_subject(query=None, complete=False), Planned(), ()) is None


def test_figures_asked_for_in_words_that_the_plan_leaves_out_are_not_the_rules_to_decide() -> None:
    half = a_subject(complete=False)
    assert route_by_rules(half, Planned("market_get_series"), ()) is None


def test_a_market_word_after_a_sales_question_is_a_question_of_its_own() -> None:
    follow_up = a_subject(complete=False, follow_up=True)
    route = route_by_rules(follow_up, Planned("market_get_series"), ())
    assert route is not None
    assert route.decision == Decision.MARKET
