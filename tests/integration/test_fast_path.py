"""Certain questions are answered without a model, and doubtful ones are asked back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.answering import think
from backend.answering.answer_turn import answer_turn
from backend.answering.fast_path import certain
from backend.answering.world import Source
from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import SourceUnavailable
from backend.domain.identity import Role, TenantId
from backend.domain.ports import OnText, Planner
from backend.semantic.compile import Compiled
from backend.semantic.layer import SemanticLayer
from backend.semantic.model import SemanticModel
from backend.semantic.parser import QuestionParser
from backend.semantic.source import Result
from backend.store import data_sources, people, tenants, turns
from backend.store.database import Conn
from backend.store.seal import Seal
from crews.sales_assistant.run import CrewRun
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.link import free_port
from tests.integration.road_stage import SECRET, Road, a_road
from tests.integration.stage import ask, claim
from tests.unit.semantic_model import MODEL

OCTOBER = "Qual foi o faturamento de outubro?"
AMBIGUOUS = "faturamento em São Paulo em outubro"


class NobodyAsked:
    """A configured model that no certain question may reach."""

    name = "gpt-4o-mini"
    provider = "openai"

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        raise AssertionError(f"the model was asked: {request.messages[-1].text}")


class Gone:
    """A client's database that nobody reaches."""

    def run(self, compiled: Compiled) -> Result:
        raise SourceUnavailable


@dataclass(frozen=True)
class OnlySource:
    source: Source

    def find(self, conn: Conn, tenant_id: TenantId, reference: str | None) -> Callable[[], Source]:
        return lambda: self.source


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey) as road:
        yield road


def test_a_certain_question_asks_no_model_and_says_who_answered(road: Road) -> None:
    modelled = replace(road, world=replace(road.world, model=NobodyAsked()))
    body = modelled.ask(OCTOBER, user_id="certain")
    assert body["model"] == "metric-engine"
    assert body["route"]["decision"] == "sales"
    assert body["route"]["by"] == "rules"
    assert body["usage"]["llm_calls"] == body["tokens_used"] == 0
    assert [call["name"] for call in body["tool_calls"]] == ["sales_query_metrics"]
    assert body["figures"][0]["text"] in body["response"]
    assert body["understood"] == "Faturamento, 01–31/10/2026"
    assert body["charts"] == []


def test_a_breakdown_brings_its_chart_as_data_and_as_a_picture(road: Road) -> None:
    body = road.ask("faturamento por região em outubro", user_id="drawn")
    [chart] = body["charts"]
    assert chart["tool_call"] == 0
    rows = chart["spec"]["data"]["values"]
    assert len(rows) > 1
    assert chart["svg"].count("<rect") == len(rows) + 1  # and the page they are drawn on
    assert all(row["key"] in chart["svg"] for row in rows)


def test_with_the_path_switched_off_the_model_is_asked(road: Road) -> None:
    """The twin: what keeps the model out is the path, and not the question."""
    world = replace(road.world, model=NobodyAsked(), fast_path=False)
    with pytest.raises(Exception, match=r"went wrong|the model was asked"):
        replace(road, world=world).ask(OCTOBER, user_id="off")


def test_offline_says_that_no_model_is_there(road: Road) -> None:
    assert road.ask(OCTOBER, user_id="offline")["model"] == "offline"


def test_what_may_mean_two_things_is_asked_back_and_then_answered(road: Road) -> None:
    asked = road.ask(AMBIGUOUS, user_id="two")
    assert asked["route"]["decision"] == "clarify"
    assert asked["tool_calls"] == []
    assert "estado: São Paulo" in asked["response"]
    assert "cidade: São Paulo" in asked["response"]
    by_word = road.ask("a cidade", user_id="two")
    assert by_word["tool_calls"][0]["arguments"]["filters"] == {"city": ["São Paulo"]}

    road.ask(AMBIGUOUS, user_id="three")
    by_number = road.ask("1", user_id="three")
    assert by_number["tool_calls"][0]["arguments"]["filters"] == {"state": ["São Paulo"]}

    road.ask(AMBIGUOUS, user_id="four")
    other = road.ask("qual foi o faturamento de setembro?", user_id="four")
    assert "filters" not in other["tool_calls"][0]["arguments"]


def test_a_choice_that_says_more_is_a_question_of_its_own(road: Road) -> None:
    road.ask(AMBIGUOUS, user_id="more")
    body = road.ask("vendas por cidade em setembro", user_id="more")
    assert body["tool_calls"][0]["arguments"]["from"] == "2026-09-01"
    assert body["tool_calls"][0]["arguments"]["dimensions"] == ["city"]


def test_what_was_not_understood_is_not_asked_back_over(road: Road) -> None:
    """The choice would answer a question that nobody has read to the end."""
    body = road.ask("faturamento de zorbs em São Paulo em outubro", user_id="zorbs")
    assert body["route"]["decision"] != "clarify"
    assert body["tool_calls"] == []
    assert body["response"].startswith("Entendi “")
    assert "mas não “zorbs”" in body["response"]


@pytest.fixture(scope="module")
def buyer(road: Road) -> str:
    """Somebody who may see no sales."""
    with road.world.database.tenant(road.tenant_id) as conn:
        people.describe(conn, road.tenant_id, "buyer", role=Role.CUSTOMER, name=None, attributes={})
    return "buyer"


def questions_with_names(road: Road) -> list[str]:
    with road.world.database.tenant(road.tenant_id) as conn:
        layer = road.world.sources.find(conn, road.tenant_id, None)().layer
    assert layer is not None
    customer = layer.members.of("customer")[0]
    return [AMBIGUOUS, OCTOBER, f"faturamento do cliente {customer} em outubro"]


def test_whoever_may_see_nothing_is_told_so_and_nothing_else(road: Road, buyer: str) -> None:
    """Neither that a name is known, nor that it could be two, nor whose it is."""
    for question in questions_with_names(road):
        body = road.ask(question, user_id=buyer)
        [call] = body["tool_calls"]
        assert call["error"] == "not_permitted"
        assert call["arguments"] == {"metrics": ["revenue"]}
        assert body["understood"] is None
        assert body["figures"] == []


def test_taken_for_permitted_they_would_hear_names(
    road: Road, buyer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: it is the fast path that keeps them back, for the tool refuses only figures."""

    def blind(run: CrewRun, planner: Planner, model: SemanticModel, **_: bool) -> Any:
        return certain(run, planner, model, permitted=True)

    monkeypatch.setattr(think, "certain", blind)
    ambiguous, _, named = questions_with_names(road)
    assert "estado: São Paulo" in road.ask(ambiguous, user_id=buyer)["response"]
    assert "customer" in road.ask(named, user_id=buyer)["tool_calls"][0]["arguments"]["filters"]


def test_an_agent_can_have_its_model_speak_every_answer(road: Road) -> None:
    spoken = replace(road, world=replace(road.world, model=NobodyAsked()))
    with road.world.database.tenant(road.tenant_id) as conn:
        usual = tenants.agent(conn, road.tenant_id, None)
        assert usual is not None
        tenants.add_agent(conn, road.tenant_id, replace(usual, fast_path=False), is_default=True)
    try:
        with pytest.raises(Exception, match=r"went wrong|the model was asked"):
            spoken.ask(OCTOBER, user_id="spoken")
    finally:
        with road.world.database.tenant(road.tenant_id) as conn:
            tenants.add_agent(conn, road.tenant_id, usual, is_default=True)


@pytest.mark.parametrize("question", [OCTOBER, "faturamento do cliente Aurora em outubro"])
def test_a_source_that_is_down_is_told_at_once(road: Road, question: str) -> None:
    """The client's database is gone and nothing was ever read of it: no model makes that better."""
    layer = SemanticLayer(MODEL, Gone(), "gone")
    source = Source(layer=layer, parser=QuestionParser(MODEL, {}), id="gone", silent=True)
    world = replace(road.world, model=NobodyAsked(), sources=OnlySource(source))
    body = replace(road, world=world).ask(question, user_id="down")
    [call] = body["tool_calls"]
    assert call["error"] == "source_unavailable"
    assert body["model"] == "metric-engine"
    assert body["cached"] is False
    assert body["figures"] == []


def test_a_source_that_went_down_names_the_age_of_the_last_data(road: Road) -> None:
    layer = SemanticLayer(MODEL, Gone(), "gone")
    layer.last_read_at = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
    source = Source(layer=layer, parser=QuestionParser(MODEL, {}), id="gone-2")
    world = replace(road.world, model=NobodyAsked(), sources=OnlySource(source))
    body = replace(road, world=world).ask(OCTOBER, user_id="down")
    assert "não está respondendo" in body["response"]
    assert body["response"].endswith("lidos em 24/11/2026 às 09:05.")


def test_a_source_that_was_never_reached_is_silent_until_it_is_set_up_anew(
    postgres: PostgresCluster, database: MigratedDatabase, valkey: ValkeyUrl
) -> None:
    nowhere = f"postgresql://reader:secret@127.0.0.1:{free_port()}/gone"
    told = []
    with a_road(postgres, database, valkey) as road:
        modelled = replace(road, world=replace(road.world, model=NobodyAsked()))
        [item] = data_sources.all_of(road.world.database, road.tenant_id)
        kept = data_sources.find(road.world.database, road.tenant_id, item.id)
        for dsn in (nowhere, postgres.reader_dsn()):
            changed = replace(kept, sealed_dsn=Seal(SECRET).close(dsn))
            data_sources.replace(road.world.database, road.tenant_id, changed)
            body = modelled.ask("faturamento no Sul em outubro")
            told.append(body["tool_calls"][0]["error"])
    assert told == ["source_unavailable", None]


def test_an_answer_that_cannot_be_told_is_still_remembered(road: Road) -> None:
    world = replace(road.world, publish=_unless_last(road.world.publish))
    accepted = ask(world.database, road.tenant_id, OCTOBER, user_id="untold")
    follow_up = answer_turn(world, claim(world.database))
    assert follow_up is not None
    turn = turns.find(world.database, road.tenant_id, accepted.turn_id)
    assert turn is not None
    assert turn.answer is not None


def _unless_last(publish: Any) -> Any:
    def published(turn_id: Any, events: Any) -> None:
        if any(event.kind.closes for event in events):
            raise OSError("no telling")
        publish(turn_id, events)

    return published
