"""A `/chat` really passes CrewAI and Semantic Kernel: their own events and filter calls are counted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from crewai.events.stream_context import add_stream_sink, reset_stream_sinks
from semantic_kernel.filters import FilterTypes

from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road

#: CrewAI's own names of what one agent does.
COUNTED = {
    "agent_execution_started",
    "agent_execution_completed",
    "llm_call_completed",
    "tool_usage_finished",
}


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey, fast_path="off") as road:
        yield road


@pytest.fixture
def crew_events() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()

    def count(_source: Any, event: Any) -> None:
        if event.type in COUNTED:
            counted[event.type] += 1

    token = add_stream_sink(count)
    yield counted
    reset_stream_sinks(token)


@pytest.fixture
def kernel_calls(road: Road) -> Iterator[list[str]]:
    called: list[str] = []

    async def watch(context: Any, next: Any) -> None:  # noqa: A002 - the kernel passes it by name
        called.append(context.function.fully_qualified_name)
        await next(context)

    road.world.kernel.add_filter(FilterTypes.FUNCTION_INVOCATION, watch)
    yield called
    road.world.kernel.function_invocation_filters.clear()


def test_one_sales_question_is_one_agent_one_tool_and_two_model_calls(
    road: Road, crew_events: Counter[str], kernel_calls: list[str]
) -> None:
    body = road.ask("Quais foram as vendas do mês passado?")
    assert [call["name"] for call in body["tool_calls"]] == ["sales_query_metrics"]
    assert kernel_calls == ["sales-query_metrics"]
    assert crew_events == {
        "agent_execution_started": 1,
        "agent_execution_completed": 1,
        "llm_call_completed": 2,
        "tool_usage_finished": 1,
    }


def test_a_question_of_both_kinds_is_two_agents_in_one_crew_with_one_answer(
    road: Road, crew_events: Counter[str], kernel_calls: list[str]
) -> None:
    body = road.ask("vendas de outubro e o dólar", user_id="both")
    assert body["route"]["decision"] == "both"
    assert sorted(kernel_calls) == ["market-get_series", "sales-query_metrics"]
    assert crew_events["agent_execution_completed"] == 2
    assert "SGS 1" in body["response"]
    assert "R$" in body["response"]


def test_small_talk_uses_no_tool(road: Road, kernel_calls: list[str]) -> None:
    body = road.ask("oi, tudo bem?", user_id="talk")
    assert body["route"]["decision"] == "direct"
    assert kernel_calls == []
    assert body["figures"] == []


def test_what_was_said_is_remembered_in_the_same_conversation(road: Road) -> None:
    first = road.ask("meu nome é Ana", user_id="ana")
    second = road.ask("como eu me chamo?", user_id="ana")
    assert first["conversation_id"] == second["conversation_id"]
    assert "Ana" in second["response"]
    assert second["context_size"] == len(second["memory"]) == 2
    assert "Ana" not in road.ask("como eu me chamo?", user_id="somebody else")["response"]


def test_a_follow_up_goes_on_from_the_query_before(road: Road) -> None:
    road.ask("Quais foram as vendas do mês passado?", user_id="follow")
    body = road.ask("e do mês anterior?", user_id="follow")
    [call] = body["tool_calls"]
    assert (call["arguments"]["from"], call["arguments"]["to"]) == ("2026-09-01", "2026-09-30")
