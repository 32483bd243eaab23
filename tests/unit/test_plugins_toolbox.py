"""The bridge from kernel functions to tools: what is offered, what is counted, what is denied."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from semantic_kernel import Kernel
from semantic_kernel.exceptions import KernelInvokeException
from semantic_kernel.filters import FilterTypes
from semantic_kernel.functions import KernelArguments, kernel_function

from backend.domain.errors import SourceUnavailable
from backend.domain.identity import Role
from backend.domain.trace import ToolOutcome
from backend.plugins import guard
from backend.plugins.guard import guarded
from backend.plugins.loop import BLOCKING_THREADS, shared_loop
from backend.plugins.scope import ScopeArgument, TurnScope
from backend.plugins.toolbox import KernelTool, toolbox
from tests.unit.plugin_stage import (
    ClientRows,
    a_scope,
    content_of,
    demo_model,
    demo_playbook,
    recorded_kernel,
    tools_of,
)

TEXTS = {"type": "array", "items": {"type": "string"}}
DAY = {"type": "string", "format": "date"}
SNAPSHOT: dict[str, dict[str, Any]] = {
    "sales_query_metrics": {
        "properties": {
            "metrics": {**TEXTS, "description": "Names of the metrics to compute."},
            "dimensions": {**TEXTS, "description": "Names of the dimensions to break down by."},
            "filters": {
                "type": "object",
                "additionalProperties": TEXTS,
                "description": "Dimension name -> the members to keep, as users say them.",
            },
            "from": {**DAY, "description": "First day, inclusive. Without days: all time."},
            "to": {**DAY, "description": "Last day, inclusive."},
            "grain": {
                "type": "string",
                "enum": ["day", "week", "month", "quarter", "year"],
                "description": "Break down by this unit of time.",
            },
            "order": {
                "type": "string",
                "enum": ["desc", "asc"],
                "description": "desc: largest first.",
            },
            "order_by": {
                "type": "string",
                "description": "A metric or dimension of this query to sort by.",
            },
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": 1000,
                "description": "Keep this many rows.",
            },
            "exclude": {
                "type": "object",
                "additionalProperties": TEXTS,
                "description": "Dimension name -> members to leave out.",
            },
            "compare": {
                "type": "string",
                "enum": ["previous_period", "same_period_last_year"],
                "description": "Add previous figures and change.",
            },
            "having": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "metric": {"type": "string"},
                        "op": {"type": "string", "enum": [">", ">=", "<", "<="]},
                        "value": {"type": "number"},
                    },
                    "required": ["metric", "op", "value"],
                },
                "description": "Keep rows by their figures.",
            },
            "share": {"type": "boolean", "description": "Add each row's share of the total."},
            "cumulative": {"type": "boolean", "description": "Running totals by grain."},
            "other": {"type": "boolean", "description": "With limit: one row for all others."},
            "without": {
                "type": "string",
                "description": "List members that have none of this metric.",
            },
        },
        "required": ["metrics"],
    },
    "sales_list_metrics": {"properties": {}, "required": []},
    "sales_explain_metric": {
        "properties": {"metric": {"type": "string", "description": "Name of the metric."}},
        "required": ["metric"],
    },
    "sales_find_value": {
        "properties": {
            "dimension": {"type": "string", "description": "Name of the dimension."},
            "text": {"type": "string", "description": "What the member may be called."},
        },
        "required": ["dimension", "text"],
    },
    "playbook_find_guidance": {
        "properties": {
            "query": {
                "type": "string",
                "description": "What to look for, in the language of the playbook, usually "
                "Portuguese.",
            }
        },
        "required": ["query"],
    },
    "market_get_series": {
        "properties": {
            "series": {
                "type": "string",
                "enum": ["dollar", "selic", "ipca"],
                "description": "dollar: selling rate in reais. selic: target, % a year. ipca: "
                "inflation, % a month.",
            },
            "from": {**DAY, "description": "First day, inclusive."},
            "to": {**DAY, "description": "Last day, inclusive."},
        },
        "required": ["series"],
    },
}


def everything(**given: Any) -> TurnScope:
    return a_scope(ClientRows(), playbook=demo_playbook(), **given)


def test_every_tool_with_its_exact_schema() -> None:
    # An asker who may not see sales is shown no names, so this does not move with the demo model.
    offered = tools_of(everything(role=Role.UNKNOWN))
    shown = {name: dict(tool.spec.parameters) for name, tool in offered.items()}
    frame = {"type": "object", "additionalProperties": False}
    assert shown == {name: {**frame, **schema} for name, schema in SNAPSHOT.items()}


def test_descriptions_are_there_and_short() -> None:
    for tool in tools_of(everything()).values():
        assert 40 < len(tool.spec.description) < 320


def test_each_specialist_has_its_own_tools() -> None:
    offered = toolbox(everything(), recorded_kernel())
    names = {who: {tool.spec.name for tool in tools} for who, tools in offered.items()}
    assert names == {
        "sales": {
            *("sales_query_metrics", "sales_list_metrics", "sales_explain_metric"),
            *("sales_find_value", "playbook_find_guidance"),
        },
        "market": {"market_get_series"},
    }


def test_this_tenants_names_are_offered_to_who_may_ask() -> None:
    properties = tools_of(everything())["sales_query_metrics"].spec.parameters["properties"]
    assert properties["metrics"]["items"]["enum"] == list(demo_model().metrics)
    assert properties["dimensions"]["items"]["enum"] == list(demo_model().dimensions)
    assert properties["metrics"]["description"]


def test_what_a_tenant_does_not_have_is_not_offered() -> None:
    assert set(tools_of(a_scope())) == {"market_get_series"}
    assert "playbook_find_guidance" not in tools_of(a_scope(ClientRows()))


def test_the_filter_sees_every_call_of_a_turn_and_no_other() -> None:
    mine, others = everything(), everything()
    for _ in range(2):
        tools_of(mine)["market_get_series"].call({"series": "dollar", "from": None})
    tools_of(mine)["playbook_find_guidance"].call({"query": "desconto máximo"})
    tools_of(others)["market_get_series"].call({"series": "selic"})
    assert [(call.name, call.arguments, call.error) for call in mine.calls] == [
        ("market_get_series", {"series": "dollar"}, None),
        ("market_get_series", {"series": "dollar"}, None),
        ("playbook_find_guidance", {"query": "desconto máximo"}, None),
    ]
    assert all(call.time_ms is not None for call in mine.calls)
    assert len(others.calls) == 1


def test_a_plugin_that_the_turn_does_not_have_is_denied_in_the_kernel_itself() -> None:
    scope = a_scope()
    function = recorded_kernel().get_function("sales", "query_metrics")
    outcome = KernelTool(scope, recorded_kernel(), function).call({"metrics": ["revenue"]})
    assert (outcome.ok, outcome.error) == (False, "not_allowed")
    assert [(call.name, call.error) for call in scope.calls] == [
        ("sales_query_metrics", "not_allowed")
    ]


def test_a_call_without_a_scope_runs_nothing() -> None:
    async def bare() -> object:
        arguments = KernelArguments(series="dollar")
        return await recorded_kernel().invoke(
            plugin_name="market", function_name="get_series", arguments=arguments
        )

    with pytest.raises(KernelInvokeException):
        shared_loop().run(bare(), seconds=10)


@pytest.mark.parametrize(
    "injected",
    ["tenant_id", "tenant", "scope", "kernel", "arguments", "service", "user_id", "role", "from_"],
)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("sales_query_metrics", {"metrics": ["revenue"]}),
        ("sales_list_metrics", {}),
        ("playbook_find_guidance", {"query": "desconto"}),
        ("market_get_series", {"series": "dollar"}),
    ],
)
def test_nobody_is_chosen_by_an_argument(
    tool: str, arguments: dict[str, Any], injected: str
) -> None:
    scope = everything()
    outcome = tools_of(scope)[tool].call({**arguments, injected: "another"})
    assert (outcome.ok, outcome.error) == (False, "invalid_request")
    assert injected in content_of(outcome)["detail"]
    assert scope.calls == []


class Awkward:
    """A plugin whose functions misbehave; it stands under a name that the turn has."""

    def __init__(self) -> None:
        self.meeting = Barrier(BLOCKING_THREADS)

    @kernel_function(name="raises", description="Breaks.")
    async def raises(self, scope: ScopeArgument) -> ToolOutcome:
        raise RuntimeError("password=hunter2")

    @kernel_function(name="down", description="Is down.")
    async def down(self, scope: ScopeArgument) -> ToolOutcome:
        raise SourceUnavailable("host db.internal refused")

    @kernel_function(name="hangs", description="Never ends.")
    async def hangs(self, scope: ScopeArgument) -> ToolOutcome:
        await asyncio.sleep(3600)
        raise AssertionError

    @kernel_function(name="meets", description="Waits for all others.")
    async def meets(self, scope: ScopeArgument) -> ToolOutcome:
        place = await asyncio.to_thread(self.meeting.wait, 30)
        return ToolOutcome(content="{}", ok=True, rows=place)


@pytest.fixture
def awkward() -> Callable[[TurnScope, str], ToolOutcome]:
    kernel = Kernel()
    kernel.add_plugin(Awkward(), plugin_name="market")
    kernel.add_filter(FilterTypes.FUNCTION_INVOCATION, guarded)

    def call(scope: TurnScope, name: str) -> ToolOutcome:
        return tools_of(scope, kernel)[f"market_{name}"].call({})

    return call


Call = Callable[[TurnScope, str], ToolOutcome]


@pytest.mark.parametrize(("name", "code"), [("raises", "internal"), ("down", "source_unavailable")])
def test_an_exception_becomes_a_code_and_its_text_goes_nowhere(
    awkward: Call, name: str, code: str
) -> None:
    scope = a_scope()
    outcome = awkward(scope, name)
    assert (outcome.ok, outcome.error) == (False, code)
    told = content_of(outcome)
    assert told["status"] == code
    assert told["advice"]
    assert "hunter2" not in str(outcome)
    assert "db.internal" not in str(outcome)
    assert [call.error for call in scope.calls] == [code]


def test_a_function_that_never_ends_is_ended(
    awkward: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "TOOL_SECONDS", 0.05)
    scope = a_scope()
    assert awkward(scope, "hangs").error == "source_unavailable"
    assert [call.error for call in scope.calls] == ["source_unavailable"]


def test_the_turns_deadline_ends_a_function_too(awkward: Call) -> None:
    assert awkward(a_scope(seconds=0.05), "hangs").error == "deadline_exceeded"
    assert awkward(a_scope(seconds=-1), "meets").error == "deadline_exceeded"


def test_64_turns_run_the_same_function_at_the_same_moment(awkward: Call) -> None:
    # Each waits inside the function for all the others: calls in a row would never get through.
    scopes = [a_scope() for _ in range(BLOCKING_THREADS)]
    with ThreadPoolExecutor(BLOCKING_THREADS) as callers:
        outcomes = list(callers.map(lambda scope: awkward(scope, "meets"), scopes))
    assert {outcome.rows for outcome in outcomes} == set(range(BLOCKING_THREADS))
    assert [len(scope.calls) for scope in scopes] == [1] * BLOCKING_THREADS
