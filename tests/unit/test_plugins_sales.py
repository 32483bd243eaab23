"""sales_query_metrics and sales_list_metrics: figures ready to quote, and four kinds of nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from backend.domain.errors import SourceUnavailable
from backend.domain.identity import Role
from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.loop import BLOCKING_THREADS
from backend.plugins.sales_names import MOST_NAMES
from tests.unit.plugin_stage import ClientRows, a_scope, content_of, demo_model, tools_of

OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
#: Portuguese keeps the sign and the amount together.
TOTAL = "R$ 1.234.567,89"


def ask(database: ClientRows, arguments: dict[str, Any], **scope: Any) -> ToolOutcome:
    return tools_of(a_scope(database, **scope))["sales_query_metrics"].call(arguments)


def down() -> None:
    raise SourceUnavailable("could not connect to db.internal:5432")


def test_a_total_is_told_in_the_readers_format_with_its_period_source_and_sql() -> None:
    database = ClientRows([(Decimal("1234567.89"),)])
    outcome = ask(database, {"metrics": ["revenue"], **OCTOBER})
    content = content_of(outcome)
    assert content["status"] == "ok"
    assert content["period"] == OCTOBER
    assert content["rows"] == [{"revenue": TOTAL}]
    assert content["source"] == "demo"
    assert TOTAL in (outcome.summary or "")
    [figure] = outcome.figures
    assert (figure.text, figure.value, figure.metric) == (TOTAL, 1234567.89, "revenue")
    assert (figure.from_date, figure.to_date) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (outcome.ok, outcome.rows, outcome.error) == (True, 1, None)
    assert outcome.sql == database.asked[0].literal_sql
    assert outcome.sources == ("Vendas (demo)",)


@pytest.mark.parametrize(
    ("language", "amount"),
    [(Language.ENGLISH, "R$1,234,567.89"), (Language.SPANISH, "R$ 1.234.567,89")],
)
def test_the_readers_language(language: Language, amount: str) -> None:
    database = ClientRows([(Decimal("1234567.89"),)])
    outcome = ask(database, {"metrics": ["revenue"]}, language=language)
    assert content_of(outcome)["rows"] == [{"revenue": amount}]
    assert amount in (outcome.summary or "")


def test_every_argument_reaches_the_query() -> None:
    database = ClientRows([("Sul", 10)], members={"region": ("Sul", "Norte")})
    arguments = {
        "metrics": ["orders"],
        "dimensions": ["region"],
        "filters": {"region": ["sul", "Norte"]},
        **OCTOBER,
        "order": "asc",
        "order_by": "region",
        "limit": 3,
    }
    ask(database, arguments)
    sql = database.asked[0].literal_sql
    for part in ("'Sul'", "'Norte'", "2026-10-01", "2026-1", "LIMIT 3"):
        assert part in sql
    assert sql.index("ORDER BY") > sql.index("GROUP BY")


def test_a_series_is_told_by_period() -> None:
    rows = [(date(2026, month, 1), Decimal(month)) for month in range(1, 11)]
    outcome = ask(ClientRows(rows), {"metrics": ["revenue"], "grain": "month"})
    shown = content_of(outcome)["rows"]
    assert shown[0] == {"period": "2026-01-01", "revenue": "R$ 1,00"}
    assert len(shown) == outcome.rows == len(outcome.figures) == 10


def test_rows_are_capped_but_their_number_is_not_hidden() -> None:
    rows = [(f"Cliente {n}", Decimal(n)) for n in range(100)]
    outcome = ask(ClientRows(rows), {"metrics": ["revenue"], "dimensions": ["customer"]})
    content = content_of(outcome)
    assert len(content["rows"]) == 12
    assert content["rows_in_all"] == outcome.rows == 100
    assert len(outcome.content) < 8_000


def test_every_figure_shown_to_the_model_is_one_that_may_be_told() -> None:
    rows = [("Sul", Decimal("10.5"), 3), (None, None, 0)]
    outcome = ask(ClientRows(rows), {"metrics": ["revenue", "orders"], "dimensions": ["region"]})
    shown = content_of(outcome)["rows"]
    assert shown == [
        {"region": "Sul", "revenue": "R$ 10,50", "orders": "3"},
        {"region": None, "revenue": None, "orders": "0"},
    ]
    texts = {figure.text for figure in outcome.figures}
    assert {"R$ 10,50", "3", "0"} == texts


def test_no_rows() -> None:
    outcome = ask(ClientRows(), {"metrics": ["revenue"], "dimensions": ["region"], **OCTOBER})
    assert (outcome.ok, outcome.rows, outcome.error) == (True, 0, None)
    assert content_of(outcome)["status"] == "no_rows"
    assert "Não há dados" in (outcome.summary or "")
    assert "outubro de 2026" in (outcome.summary or "")


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.UNKNOWN])
@pytest.mark.parametrize("arguments", [{"metrics": ["revenue"]}, {"metrics": ["lucro"]}])
def test_not_permitted_whatever_is_asked_and_without_a_word_about_the_model(
    role: Role, arguments: dict[str, Any]
) -> None:
    database = ClientRows([(Decimal(1),)])
    outcome = ask(database, arguments, role=role)
    assert (outcome.ok, outcome.error) == (False, "not_permitted")
    assert content_of(outcome)["status"] == "not_permitted"
    assert "faturamento" not in outcome.content
    assert database.asked == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"metrics": ["lucro"]}, "lucro"),
        ({"metrics": ["revenue"], "dimensions": ["planet"]}, "planet"),
        ({"metrics": ["revenue"], "filters": {"planet": ["Marte"]}}, "planet"),
        ({"metrics": ["revenue"], "order_by": "margin"}, "margin"),
        ({"metrics": []}, "metrics"),
    ],
)
def test_not_defined_tells_the_model_what(arguments: dict[str, Any], named: str) -> None:
    outcome = ask(ClientRows([(Decimal(1),)]), arguments)
    assert (outcome.ok, outcome.error) == (False, "metric_not_defined")
    assert named in content_of(outcome)["detail"]
    # The reader is told what there is instead.
    assert "faturamento" in (outcome.summary or "")


def test_source_down_says_nothing_of_where_it_is() -> None:
    outcome = ask(ClientRows(before=down), {"metrics": ["revenue"]})
    assert (outcome.ok, outcome.error) == (False, "source_unavailable")
    assert "db.internal" not in str(outcome)
    assert outcome.figures == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"metrics": {"revenue": True}},
        {"metrics": ["revenue"], "from": "outubro"},
        {"metrics": ["revenue"], "grain": "fortnight"},
        {"metrics": ["revenue"], "limit": -1},
        {"metrics": ["revenue"], "sql": "DROP TABLE sales.orders"},
        {"metrics": ["revenue"], "filters": [["region", "Sul"]]},
    ],
)
def test_malformed_arguments_never_reach_the_database(arguments: dict[str, Any]) -> None:
    database = ClientRows([(Decimal(1),)])
    outcome = ask(database, arguments)
    assert (outcome.ok, outcome.error) == (False, "invalid_request")
    assert database.asked == []


def test_a_hostile_member_is_bound_never_spelt_into_the_statement() -> None:
    database = ClientRows([(Decimal(1),)])
    hostile = "Sul'; DROP TABLE sales.orders; --"
    ask(database, {"metrics": ["revenue"], "filters": {"region": [hostile]}})
    [compiled] = database.asked
    assert hostile not in compiled.sql
    assert hostile in repr(compiled.params)


def test_a_seller_is_narrowed_to_their_own_rows_by_what_we_stored() -> None:
    database = ClientRows([(Decimal(1),)], members={"seller": ("Ana Souza", "Bruno Lima")})
    scope = {"role": Role.SELLER, "attributes": {"seller": "Ana Souza"}}
    own = ask(database, {"metrics": ["revenue"]}, **scope)
    assert own.ok
    assert "'Ana Souza'" in database.asked[0].literal_sql
    other = ask(database, {"metrics": ["revenue"], "filters": {"seller": ["Bruno Lima"]}}, **scope)
    assert other.error == "not_permitted"
    assert len(database.asked) == 1


def test_64_turns_wait_for_their_databases_at_the_same_moment() -> None:
    # The barrier opens when all of them are inside their databases; in a row they never would be.
    meeting = Barrier(BLOCKING_THREADS)

    def one(number: int) -> ToolOutcome:
        database = ClientRows([(Decimal(number),)], before=lambda: meeting.wait(30))
        return ask(database, {"metrics": ["revenue"]})

    with ThreadPoolExecutor(BLOCKING_THREADS) as callers:
        outcomes = list(callers.map(one, range(BLOCKING_THREADS)))
    values = [figure.value for outcome in outcomes for figure in outcome.figures]
    assert values == [float(number) for number in range(BLOCKING_THREADS)]


def describe(**scope: Any) -> ToolOutcome:
    return tools_of(a_scope(ClientRows(), **scope))["sales_list_metrics"].call({})


@pytest.mark.parametrize("language", list(Language))
def test_the_catalogue_names_everything_in_the_readers_language(language: Language) -> None:
    content = content_of(describe(language=language))
    model = demo_model()
    assert [each["name"] for each in content["metrics"]] == list(model.metrics)
    assert [each["name"] for each in content["dimensions"]] == list(model.dimensions)
    revenue = content["metrics"][0]
    assert revenue["label"] == model.metrics["revenue"].labels[language].singular
    assert revenue["means"] == model.metrics["revenue"].definition[language]


def test_the_catalogue_is_short_enough_to_pay_for() -> None:
    # About 1,500 tokens for some twenty metrics and as many dimensions.
    assert len(describe().content) < 6_500
    assert len(demo_model().metrics) + len(demo_model().dimensions) <= MOST_NAMES


def test_the_catalogue_is_not_for_everybody() -> None:
    outcome = describe(role=Role.CUSTOMER)
    assert outcome.error == "not_permitted"
    assert "revenue" not in outcome.content
