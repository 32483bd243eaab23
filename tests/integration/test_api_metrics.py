"""What may be asked, how a question is read, and certified rows with where they come from."""

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import MODEL, Figures, figures_stage
from tests.integration.three_engines import Relation, into_sqlite

OCTOBER = {"metrics": ["revenue"], "from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture(scope="module")
def figures(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    with figures_stage(module_database, _valkey, tmp_path_factory.mktemp("files")) as opened:
        opened.add()
        yield opened


def ask(figures: Figures, **query: Any) -> Any:
    answer = figures.post("/metrics/query", query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(figures: Figures, question: str, **more: Any) -> Any:
    answer = figures.post("/metrics/parse", {"question": question, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_catalog_tells_each_name_in_every_language_of_its_model(figures: Figures) -> None:
    for path in (
        "/metrics/catalog",
        "/metrics/catalog?data_source=shop",
        "/metrics/catalog?data_source=",
    ):
        told = figures.get(path).json()
        [metric], [dimension] = told["metrics"], told["dimensions"]
        asked = {"name", "definition", "synonyms", "format", "owner", "certified", "label"}
        assert asked <= metric.keys() & dimension.keys()
        assert metric["label"] == {"pt": "faturamento", "en": "revenue", "es": "facturación"}
        assert metric["synonyms"] == {"en": ["takings"]}
        assert metric["definition"]["pt"] == "O que foi faturado."
        assert (metric["format"], metric["owner"], metric["certified"]) == (
            "money",
            "finance",
            True,
        )
        assert (dimension["name"], dimension["format"]) == ("region", "text")


def test_rows_come_with_their_statement_and_their_provenance(figures: Figures) -> None:
    told = ask(figures, **OCTOBER, dimensions=["region"], exclude={"region": ["West"]})
    assert told["rows"] == [
        {"region": "South", "revenue": 300},
        {"region": "North", "revenue": 100},
    ]
    source = told["provenance"]
    digest = hashlib.sha256(msgspec.json.encode([told["sql"], told["rows"]])).hexdigest()
    assert source.pop("hash") == digest
    assert source.pop("read_at")
    assert source.pop("model_version")
    assert source == {
        "metrics": ["revenue"],
        "filters": {},
        "exclude": {"region": ["West"]},
        "from": "2026-10-01",
        "to": "2026-10-31",
        "time_zone": "America/Sao_Paulo",
        "currency": "USD",
        "source": "shop",
        "rows": 2,
        "truncated": False,
    }
    # Runnable as printed.
    with sqlite3.connect(figures.folder / "shop.sqlite") as conn:
        assert conn.execute(told["sql"]).fetchall() == [("South", 300.0), ("North", 100.0)]


def test_every_field_of_a_metric_query_is_taken(figures: Figures) -> None:
    compared = ask(figures, **OCTOBER, compare="previous_period", share=True)["rows"]
    assert compared == [
        {
            "revenue": 400,
            "revenue_previous": 50,
            "revenue_change": 7,
            "revenue_share": 1,
        }
    ]
    monthly = ask(figures, metrics=["revenue"], grain="month", cumulative=True, order="asc")["rows"]
    assert [(row["period"], row["revenue"]) for row in monthly] == [
        ("2026-09-01", 50),
        ("2026-10-01", 450),
        ("2026-11-01", 457),
    ]
    few = ask(
        figures,
        metrics=["revenue"],
        dimensions=["region"],
        filters={"region": ["north", "South"]},
        order="asc",
        order_by="revenue",
        limit=1,
        other=True,
    )["rows"]
    assert few == [{"region": "North", "revenue": 157}, {"region": "(other)", "revenue": 300}]
    over = [{"metric": "revenue", "op": ">", "value": 157.0}]
    assert ask(figures, metrics=["revenue"], dimensions=["region"], having=over)["rows"] == [
        {"region": "South", "revenue": 300}
    ]
    nobody = ask(figures, **OCTOBER, filters={"region": ["West"]})
    assert nobody["rows"] == []
    missing = ask(figures, metrics=["revenue"], dimensions=["region"], without="revenue")
    assert missing["rows"] == []


def test_more_rows_than_an_answer_holds_come_whole_and_say_so(figures: Figures) -> None:
    """Far more than an event carries: they lie in the row that the door reads."""
    many = Relation(
        name="sold",
        columns={"day": "date", "region": "text", "amount": "numeric"},
        rows=[("2026-10-01", f"Region {number:05} of the shop", number) for number in range(2_500)],
    )
    into_sqlite(figures.folder / "many.sqlite", [many])
    figures.add("many", model=MODEL.replace("members: true", "members: false"))
    told = ask(figures, metrics=["revenue"], dimensions=["region"], data_source="many")
    assert len(told["rows"]) == told["provenance"]["rows"] == 2_000
    assert told["provenance"]["truncated"] is True


def test_a_question_is_read_and_what_it_asks_can_be_queried(figures: Figures) -> None:
    reading = read(figures, "faturamento por região no mês passado")
    assert reading == {
        "query": OCTOBER | {"dimensions": ["region"]},
        "complete": True,
        "not_understood": [],
        "readings": [],
        "language": "pt",
        "follow_up": False,
    }
    assert len(ask(figures, **reading["query"])["rows"]) == 2

    reading = read(figures, "takings in the north in October 2026", language="en-GB")
    assert (reading["query"], reading["language"]) == (
        OCTOBER | {"filters": {"region": ["North"]}},
        "en",
    )
    reading = read(figures, "what is the weather in Lisbon?")
    assert (reading["query"], reading["complete"]) == (None, False)
    assert reading["not_understood"]


def test_a_conversation_may_turn_to_another_source(figures: Figures) -> None:
    """What was asked of one is nothing that the other knows."""
    other = MODEL.replace("  revenue:", "  billed:").replace("  region:\n    t", "  area:\n    t")
    figures.add("other", model=other)
    with figures.on.door.client(figures.on.a.admin) as client:
        client.put("/users/eva", json={"role": "manager"})

    def ask_chat(message: str, source: str) -> Any:
        question = {"user_id": "eva", "message": message, "data_source": source}
        return figures.post("/chat", question, key=figures.on.a.chat)

    first = ask_chat("faturamento por região em outubro", "shop").json()
    assert [each["value"] for each in first["figures"]] == [300, 100, 400]
    asked = {"data_source": "other", "conversation_id": first["conversation_id"]}
    for question in ("e em setembro?", "por mês", "só os 2 maiores"):
        assert read(figures, question, **asked)["follow_up"] is False
    assert ask_chat("e em setembro?", "other").status_code == 200
    [figure] = ask_chat("qual foi o faturamento de setembro?", "other").json()["figures"]
    assert (figure["metric"], figure["value"]) == ("billed", 50)


def test_a_follow_up_goes_on_from_the_conversation(figures: Figures) -> None:
    with figures.on.door.client(figures.on.a.admin) as client:
        client.put("/users/rui", json={"role": "manager"})
    question = {
        "user_id": "rui",
        "message": "qual foi o faturamento de outubro?",
        "conversation_id": "the caller's own name",
    }
    body = figures.post("/chat", question, key=figures.on.a.chat).json()
    assert [each["value"] for each in body["figures"]] == [400], body
    for reference in ("the caller's own name", body["conversation_id"]):
        reading = read(figures, "e em setembro?", conversation_id=reference)
        assert reading["follow_up"] is True
        assert (reading["query"]["from"], reading["query"]["to"]) == ("2026-09-01", "2026-09-30")
    alone = read(figures, "e em setembro?")
    assert alone["complete"] is False

    for reference, key in (("nobody's", figures.on.a.operator), (body["conversation_id"], None)):
        asked = {"question": "e em setembro?", "conversation_id": reference}
        if key is None:
            figures_b = figures.body()
            added = figures.post("/data-sources", figures_b, key=figures.on.b.admin)
            assert added.status_code == 201
            key = figures.on.b.operator
        answer = figures.post("/metrics/parse", asked, key=key)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
