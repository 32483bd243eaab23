"""Who sees what, how members are understood, and the four kinds of nothing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.errors import (
    SalesCrewError,
    SalesNotPermitted,
    SalesQueryInvalid,
    SourceUnavailable,
)
from backend.domain.sales import MetricQuery, MetricTable, Outcome, Threshold
from backend.semantic.compile import Compiled
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.members import Members
from backend.semantic.source import Result
from tests.unit.semantic_model import MODEL, TEXT

_PERMITTED = frozenset({"seller", "manager"})
_MEMBERS = {
    "seller": ("Ana Souza", "Bruno D'Ávila", "Érica", "Erica"),
    "region": ("Norte", "Sudeste", "Sul"),
    "state": ("São Paulo", "Minas Gerais"),
}


class _Database:
    """Answers with prepared rows and remembers what it was asked."""

    def __init__(self, *rows: tuple[Any, ...], truncated: bool = False) -> None:
        self.rows = rows
        self.truncated = truncated
        self.down = False
        self.asked: list[Compiled] = []
        self.member_reads = 0

    def run(self, compiled: Compiled) -> Result:
        if self.down:
            raise SourceUnavailable
        if compiled.sql.startswith("SELECT DISTINCT"):
            self.member_reads += 1
            names = _MEMBERS.get(compiled.columns[0], ())
            return Result(rows=tuple((name,) for name in names), truncated=False)
        self.asked.append(compiled)
        return Result(rows=self.rows, truncated=self.truncated)


def _answer(
    database: _Database, query: MetricQuery, role: str = "manager", **attributes: str
) -> MetricTable:
    layer = SemanticLayer(MODEL, database, "demo")
    return layer.answer(query, role=role, attributes=attributes, permitted_roles=_PERMITTED)


def test_an_answer_says_where_it_comes_from() -> None:
    query = MetricQuery(metrics=("revenue",), dimensions=("region",), grain="month")
    database = _Database((date(2026, 10, 1), "Sul", Decimal("10.50")), truncated=True)

    table = _answer(database, query)

    assert table.columns == ("period", "region", "revenue")
    assert table.rows == (
        {"period": date(2026, 10, 1), "region": "Sul", "revenue": Decimal("10.50")},
    )
    assert table.sql == database.asked[0].literal_sql
    assert (table.source, table.model_version) == ("demo", MODEL.version)
    assert datetime.fromisoformat(table.read_at).tzinfo is not None
    assert table.truncated


def test_the_codes_of_the_errors_are_the_outcomes() -> None:
    outcomes = {
        SalesNotPermitted: Outcome.NOT_PERMITTED,
        SalesQueryInvalid: Outcome.NOT_DEFINED,
        SourceUnavailable: Outcome.SOURCE_DOWN,
    }
    error: type[SalesCrewError]
    for error, outcome in outcomes.items():
        assert Outcome(error.code) is outcome


@pytest.mark.parametrize(
    ("metrics", "row", "nothing"),
    [
        (("revenue",), (None,), True),
        (("revenue",), (Decimal(0),), False),
        (("orders",), (0,), False),
        (("revenue", "contracts_closed"), (None, 0), True),
        (("revenue", "contracts_closed"), (None, 3), False),
        (("return_rate",), (None,), True),
    ],
)
def test_a_sum_of_nothing_is_no_row_and_a_count_of_none_is_zero(
    metrics: tuple[str, ...], row: tuple[Any, ...], nothing: bool
) -> None:
    table = _answer(_Database(row), MetricQuery(metrics=metrics))

    assert (table.rows == ()) is nothing


def test_a_role_that_is_not_permitted_asks_nothing_of_the_database() -> None:
    database = _Database()

    for role in ("customer", "unknown"):
        with pytest.raises(SalesNotPermitted):
            _answer(database, MetricQuery(metrics=("revenue",)), role)

    assert not database.asked
    assert not database.member_reads


def test_what_is_not_defined_asks_nothing_of_the_database() -> None:
    database = _Database()
    database.down = True

    with pytest.raises(SalesQueryInvalid, match="happiness"):
        _answer(database, MetricQuery(metrics=("happiness",)))


def test_a_source_that_is_down_is_not_an_empty_one() -> None:
    database = _Database()
    database.down = True

    with pytest.raises(SourceUnavailable):
        _answer(database, MetricQuery(metrics=("revenue",)))


def test_a_seller_with_a_name_sees_their_own_rows_and_the_answer_says_so() -> None:
    database = _Database((Decimal(7),))

    table = _answer(database, MetricQuery(metrics=("revenue",)), "seller", seller="ana SOUZA")

    assert table.query.filters == {"seller": ("Ana Souza",)}
    assert "sellers.name = 'Ana Souza'" in table.sql


def test_a_sellers_other_filters_stay() -> None:
    query = MetricQuery(metrics=("revenue",), filters={"region": ("Sul",)})

    table = _answer(_Database((Decimal(7),)), query, "seller", seller="Ana Souza")

    assert table.query.filters == {"region": ("Sul",), "seller": ("Ana Souza",)}


@pytest.mark.parametrize("asked", [("Bruno D'Ávila",), ("Ana Souza", "Bruno D'Ávila")])
def test_somebody_elses_rows_are_not_permitted_rather_than_empty(asked: tuple[str, ...]) -> None:
    database = _Database((Decimal(7),))
    query = MetricQuery(metrics=("revenue",), filters={"seller": asked})

    with pytest.raises(SalesNotPermitted):
        _answer(database, query, "seller", seller="Ana Souza")

    assert not database.asked


_SCOPE = "seller: {dimension: seller, attribute: seller"


@pytest.mark.parametrize("attributes", [{}, {"region": "Sul"}, {"seller": ""}, {"seller": "  "}])
@pytest.mark.parametrize("said", ["", ", when_absent: none"])
def test_a_seller_without_a_name_sees_nothing(said: str, attributes: dict[str, str]) -> None:
    database = _Database((Decimal(7),))
    layer = SemanticLayer(load_model(TEXT.replace(_SCOPE, _SCOPE + said)), database, "demo")

    with pytest.raises(SalesNotPermitted):
        layer.answer(
            MetricQuery(metrics=("revenue",)),
            role="seller",
            attributes=attributes,
            permitted_roles=_PERMITTED,
        )

    assert not database.asked


def test_a_seller_without_a_name_sees_everything_only_if_the_model_says_so() -> None:
    model = load_model(TEXT.replace(_SCOPE, f"{_SCOPE}, when_absent: all"))
    layer = SemanticLayer(model, _Database((Decimal(7),)), "demo")

    def asked(**attributes: str) -> MetricTable:
        return layer.answer(
            MetricQuery(metrics=("revenue",)),
            role="seller",
            attributes=attributes,
            permitted_roles=_PERMITTED,
        )

    assert asked().query.filters == {}
    with pytest.raises(SalesNotPermitted):
        asked(seller="")


def test_a_metric_that_is_not_certified_is_not_told_in_any_way() -> None:
    model = load_model(TEXT.replace("certified: true", "certified: false", 1))
    layer = SemanticLayer(model, _Database((Decimal(7),)), "demo")
    having = (Threshold(metric="revenue", op=">", value=Decimal(1)),)

    for query in (
        MetricQuery(metrics=("revenue",)),
        MetricQuery(metrics=("orders", "revenue")),
        MetricQuery(metrics=("orders",), dimensions=("seller",), having=having),
        MetricQuery(metrics=("orders",), dimensions=("seller",), without="revenue"),
    ):
        with pytest.raises(SalesQueryInvalid, match="not certified"):
            layer.answer(query, role="manager", attributes={}, permitted_roles=_PERMITTED)


def test_a_metric_that_cannot_be_narrowed_is_not_permitted() -> None:
    scope = "seller: {dimension: seller, attribute: seller"
    model = load_model(TEXT.replace(scope, "seller: {dimension: channel, attribute: channel"))
    layer = SemanticLayer(model, _Database((0,)), "demo")

    with pytest.raises(SalesNotPermitted, match="contracts_closed"):
        layer.answer(
            MetricQuery(metrics=("contracts_closed",)),
            role="seller",
            attributes={"channel": "Portal"},
            permitted_roles=_PERMITTED,
        )


def test_a_manager_is_not_narrowed() -> None:
    table = _answer(_Database((1,)), MetricQuery(metrics=("revenue",)), "manager", seller="Ana")

    assert table.query.filters == {}


@pytest.mark.parametrize(
    ("dimension", "said", "written"),
    [
        ("region", "sudeste", "Sudeste"),
        ("region", "south", "Sul"),
        ("state", "SP", "São Paulo"),
        ("state", "sao  paulo", "São Paulo"),
        ("seller", "BRUNO D'AVILA", "Bruno D'Ávila"),
        # Two are meant, or none: as it was said.
        ("seller", "ERICA", "ERICA"),
        ("seller", "Erica", "Erica"),
        ("region", "Atlântida", "Atlântida"),
    ],
)
def test_members_are_spelt_as_in_the_database(dimension: str, said: str, written: str) -> None:
    query = MetricQuery(metrics=("revenue",), filters={dimension: (said,)})

    table = _answer(_Database((Decimal(7),)), query)

    assert table.query.filters == {dimension: (written,)}


def test_members_of_the_wrong_type_are_refused() -> None:
    query = MetricQuery(metrics=("revenue",), filters={"region": (3,)})  # type: ignore[dict-item]

    with pytest.raises(SalesQueryInvalid, match="region"):
        _answer(_Database(), query)


def test_members_are_read_once_and_outlive_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    database = _Database()
    members = Members(MODEL, database, aside=lambda work: work())
    clock = 1000.0
    monkeypatch.setattr("backend.semantic.members.monotonic", lambda: clock)

    assert members.of("region") == ("Norte", "Sudeste", "Sul")
    reads = database.member_reads
    assert members.of("seller")[0] == "Ana Souza"
    assert members.of("revenue") == ()
    assert database.member_reads == reads

    clock += 301
    database.down = True
    assert members.of("region") == ("Norte", "Sudeste", "Sul")
    database.down = False
    assert members.of("region") == ("Norte", "Sudeste", "Sul")
    assert database.member_reads == reads
    clock += 16
    assert members.of("region") == ("Norte", "Sudeste", "Sul")
    assert database.member_reads == 2 * reads


def test_members_that_were_never_read_are_not_an_empty_list() -> None:
    database = _Database()
    database.down = True

    with pytest.raises(SourceUnavailable):
        Members(MODEL, database).all()
