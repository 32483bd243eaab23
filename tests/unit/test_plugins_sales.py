"""sales_query_metrics and sales_list_metrics: figures ready to quote, and four kinds of nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
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
from backend.semantic.layer import SemanticLayer
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
    *months, total = outcome.figures
    assert len(shown) == outcome.rows == len(months) == 10
    assert (total.value, total.members) == (55.0, {})
    assert content_of(outcome)["totals"] == {"revenue": "R$ 55,00"}


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
    # Who has no region is part of the whole.
    assert content_of(outcome)["totals"] == {"revenue": "R$ 10,50", "orders": "3"}


def test_what_is_worked_out_stands_beside_the_figures() -> None:
    rows = [
        ("Sul", Decimal(12), Decimal(10), Decimal("0.2")),
        ("Norte", Decimal(12), Decimal(16), Decimal("-0.25")),
        ("Nordeste", Decimal(3), None, None),
    ]
    arguments = {
        "metrics": ["revenue"],
        "dimensions": ["region"],
        "compare": "previous_period",
        "order": "desc",
        **OCTOBER,
    }
    content = content_of(ask(ClientRows(rows), arguments))
    assert content["compared_with"] == {"from": "2026-09-01", "to": "2026-09-30"}
    assert content["totals"] == {"revenue": "R$ 27,00"}
    first, second, third = content["rows"]
    assert first == {
        "region": "Sul",
        "revenue": "R$ 12,00",
        "revenue_previous": "R$ 10,00",
        "revenue_change": "+20%",
        "revenue_difference": "+R$ 2,00",
        "rank": 1,
    }
    assert (second["revenue_difference"], second["revenue_change"]) == ("-R$ 4,00", "-25%")
    assert (second["rank"], third["rank"]) == (1, 3)
    assert "revenue_difference" not in third


def test_every_figure_of_the_rows_is_evidence() -> None:
    rows = [
        ("Sul", Decimal(12), Decimal(10), Decimal("0.2")),
        ("Norte", Decimal(9), Decimal(16), Decimal("-0.4375")),
    ]
    arguments = {"metrics": ["revenue"], "dimensions": ["region"], "compare": "previous_period"}
    outcome = ask(ClientRows(rows), {**arguments, **OCTOBER})
    content = content_of(outcome)
    told = {figure.text for figure in outcome.figures}
    for row in content["rows"]:
        assert {text for name, text in row.items() if name != "region"} <= told
    assert set(content["totals"].values()) <= told


def test_an_answer_says_where_it_comes_from() -> None:
    database = ClientRows(
        [("Sul", Decimal(12))], members={"region": ("Sul", "Norte"), "channel": ("Portal",)}
    )
    arguments = {
        "metrics": ["revenue"],
        "dimensions": ["region"],
        "filters": {"region": ["sul"]},
        "exclude": {"channel": ["portal"]},
        "having": [{"metric": "revenue", "op": ">", "value": 1}],
        **OCTOBER,
    }
    content = content_of(ask(database, arguments))
    told = content["provenance"]
    assert told["metrics"] == ["revenue"]
    assert told["filters"] == {"region": ["Sul"]}
    assert told["exclude"] == {"channel": ["Portal"]}
    assert told["having"] == [{"metric": "revenue", "op": ">", "value": 1}]
    assert told["time_zone"] == "America/Sao_Paulo"
    assert told["model_version"] == demo_model().version
    assert content["period"] == OCTOBER
    assert content["rows_in_all"] == 1


def test_the_same_rows_of_the_same_statement_have_the_same_hash() -> None:
    def fingerprint(amount: str, **more: Any) -> str:
        told = ask(ClientRows([(Decimal(amount),)]), {"metrics": ["revenue"], **more})
        found: str = content_of(told)["provenance"]["hash"]
        return found

    assert fingerprint("10") == fingerprint("10")
    assert len({fingerprint("10"), fingerprint("11"), fingerprint("10", **OCTOBER)}) == 3


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
    ("arguments", "named", "offered"),
    [
        ({"metrics": ["lucro"]}, "lucro", "margem bruta"),
        ({"metrics": ["faturamneto"]}, "faturamneto", "faturamento"),
        ({"metrics": ["revenue"], "dimensions": ["vendedores"]}, "vendedores", "vendedor"),
        ({"metrics": ["revenue"], "dimensions": ["planet"]}, "planet", "faturamento"),
        ({"metrics": ["revenue"], "filters": {"planet": ["Marte"]}}, "planet", "faturamento"),
        ({"metrics": ["revenue"], "order_by": "margin"}, "margin", "faturamento"),
        ({"metrics": []}, "metrics", "faturamento"),
    ],
)
def test_not_defined_tells_the_model_what(
    arguments: dict[str, Any], named: str, offered: str
) -> None:
    outcome = ask(ClientRows([(Decimal(1),)]), arguments)
    assert (outcome.ok, outcome.error) == (False, "metric_not_defined")
    assert named in content_of(outcome)["detail"]
    # The reader is offered what is nearest, or told what there is.
    assert offered in (outcome.summary or "")


def test_a_source_that_went_down_says_how_old_the_last_data_is() -> None:
    scope = a_scope(ClientRows(before=down))
    assert scope.sales is not None
    tool = tools_of(scope)["sales_query_metrics"]
    assert "lidos em" not in (tool.call({"metrics": ["revenue"]}).summary or "")

    scope.sales.last_read_at = datetime(2026, 11, 24, 9, 59, tzinfo=UTC)  # type: ignore[misc]
    said = tool.call({"metrics": ["revenue"]}).summary or ""
    assert "Os últimos dados foram lidos em 24/11/2026 às 06:59." in said


@pytest.mark.parametrize("language", list(Language))
def test_four_kinds_of_nothing_are_told_apart_for_every_role(language: Language) -> None:
    """By text and by what a trace keeps: ok, rows and error."""

    def met(database: ClientRows, metric: str, role: Role) -> ToolOutcome:
        arguments = {"metrics": [metric], "dimensions": ["region"]}
        own = {"seller": "Ana Souza"} if role is Role.SELLER else {}
        return ask(database, arguments, role=role, language=language, attributes=own)

    for role in (Role.SELLER, Role.MANAGER):
        kinds = [
            met(ClientRows(members={"seller": ("Ana Souza",)}), "revenue", role),
            met(ClientRows(), "lucro", role),
            met(ClientRows(before=down, members={"seller": ("Ana Souza",)}), "revenue", role),
        ]
        told = [(each.ok, each.rows, each.error) for each in kinds]
        assert told == [
            (True, 0, None),
            (False, None, "metric_not_defined"),
            (False, None, "source_unavailable"),
        ]
        refusal = met(ClientRows(), "revenue", Role.CUSTOMER)
        texts = {each.summary for each in (*kinds, refusal)}
        assert len(texts) == 4
    for role in (Role.CUSTOMER, Role.UNKNOWN):
        # Whatever is the matter, they are told the one thing.
        kinds = [
            met(ClientRows(), "revenue", role),
            met(ClientRows(), "lucro", role),
            met(ClientRows(before=down), "revenue", role),
        ]
        assert {(each.ok, each.rows, each.error) for each in kinds} == {
            (False, None, "not_permitted")
        }
        assert len({each.content for each in kinds}) == 1


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


def explain(metric: str, **scope: Any) -> ToolOutcome:
    return tools_of(a_scope(ClientRows(), **scope))["sales_explain_metric"].call({"metric": metric})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            Language.PORTUGUESE,
            "Métrica certificada; responsável: Controladoria. Fórmula: faturamento ÷ pedidos."
            " Vem de: order_lines e orders.",
        ),
        (
            Language.ENGLISH,
            "A certified metric; owner: Controladoria. Formula: revenue ÷ orders."
            " Comes from: order_lines and orders.",
        ),
        (
            Language.SPANISH,
            "Métrica certificada; responsable: Controladoria. Fórmula: facturación ÷ pedidos."
            " Viene de: order_lines y orders.",
        ),
    ],
)
def test_a_metric_is_explained_in_the_readers_language(language: Language, said: str) -> None:
    outcome = explain("avg_ticket", language=language)
    assert (outcome.summary or "").endswith(said)
    definition = demo_model().metrics["avg_ticket"].definition[language]
    assert definition.rstrip(".") in (outcome.summary or "")


def test_an_explanation_names_the_filter_that_belongs_to_the_metric() -> None:
    outcome = explain("revenue")
    content = content_of(outcome)
    assert content["only_where"] == "orders.status <> 'cancelado'"
    assert content["only_where"] in (outcome.summary or "")
    assert content["made_of"] == "sum(order_lines.amount)"
    assert content["tables"] == ["order_lines", "orders"]
    assert (content["certified"], content["owner"]) == (True, "Controladoria")


def test_what_is_not_defined_cannot_be_explained_and_is_nobodys_business_to_ask() -> None:
    unknown = explain("faturamneto")
    assert unknown.error == "metric_not_defined"
    assert "faturamento" in (unknown.summary or "")
    refused = explain("revenue", role=Role.CUSTOMER)
    assert refused.error == "not_permitted"
    assert "order_lines" not in refused.content


SELLERS = {"seller": ("Ana Souza", "Bruno Lima", "Anabela Reis")}


def find(dimension: str, text: str, **scope: Any) -> ToolOutcome:
    tools = tools_of(a_scope(ClientRows(members=SELLERS), **scope))
    return tools["sales_find_value"].call({"dimension": dimension, "text": text})


def test_members_are_found_by_what_they_are_like() -> None:
    outcome = find("seller", "ana")
    assert content_of(outcome)["members"][0] == "Ana Souza"
    assert outcome.rows == len(content_of(outcome)["members"]) == 2
    nobody = find("seller", "zzzz")
    assert (nobody.ok, nobody.rows) == (True, 0)


def test_a_seller_finds_nobody_else() -> None:
    own = {"role": Role.SELLER, "attributes": {"seller": "Ana Souza"}}
    for text in ("ana", "bruno", "a"):
        outcome = find("seller", text, **own)
        assert "Bruno" not in outcome.content
        assert "Anabela" not in outcome.content
    assert content_of(find("seller", "ana", **own))["members"] == ["Ana Souza"]
    # Whose customer is whose is a question about rows.
    assert find("customer", "a", **own).error == "not_permitted"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.UNKNOWN])
def test_who_sees_no_sales_finds_no_names(role: Role) -> None:
    outcome = find("seller", "ana", role=role)
    assert outcome.error == "not_permitted"
    assert "Ana" not in outcome.content


def test_a_dimension_that_does_not_exist_has_no_members() -> None:
    outcome = find("vendedores", "ana")
    assert outcome.error == "metric_not_defined"
    assert "vendedor" in (outcome.summary or "")


def test_what_is_not_certified_is_neither_listed_nor_offered() -> None:
    model = demo_model()
    drafted = replace(model.metrics["revenue"], certified=False)
    model = replace(model, metrics={**model.metrics, "revenue": drafted})
    scope = replace(a_scope(), sales=SemanticLayer(model, ClientRows(), "demo"))
    tools = tools_of(scope)
    listed = content_of(tools["sales_list_metrics"].call({}))
    assert "revenue" not in [each["name"] for each in listed["metrics"]]
    schema = tools["sales_query_metrics"].spec.parameters["properties"]["metrics"]
    assert "revenue" not in schema["items"]["enum"]
    refused = tools["sales_query_metrics"].call({"metrics": ["faturamneto"]})
    offered = (refused.summary or "").rpartition(": ")[2]
    assert "faturamento bruto" in offered
    assert "faturamento," not in offered
