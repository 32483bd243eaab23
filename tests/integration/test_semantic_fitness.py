"""A model that says otherwise than its database is told so, before it tells a wrong figure."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster
from tests.integration.three_engines import Relation, sources

pytestmark = pytest.mark.integration

_MOMENT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
_SALES = Relation(
    name="sales",
    columns={
        "id": "integer", "shop": "integer", "day": "date", "clock": "timestamp",
        "moment": "timestamptz", "brazilian": "text", "money": "text", "amount": "numeric",
        "paid": "boolean",
    },
    rows=[
        (1, 1, date(2026, 1, 31), _MOMENT.replace(tzinfo=None), _MOMENT, "31/01/2026", "1.234,50",
         Decimal("12.50"), True),
        (2, 1, date(2026, 2, 1), _MOMENT.replace(tzinfo=None), _MOMENT, "31/02/2026", "x",
         Decimal("7.25"), False),
    ],
)  # fmt: skip
_SHOPS = Relation(
    name="shops", columns={"id": "integer", "name": "text"}, rows=[(1, "Norte"), (2, "Sul")]
)

_MODEL = """
name: shop
currency: BRL
tables:
  sales: {columns: {id: int, shop: int, day: date, amount: numeric, paid: bool%s}, computed: {%s}}
  shops: {columns: {id: int, name: text}, key: %s}
joins: [sales.shop -> shops]
metrics:
  total: {table: sales, sql: sum(amount), date: day, format: money}
  other: {table: sales, sql: %s, date: %s, format: quantity}
dimensions:
  shop: {column: shops.name}
"""


def _text(
    columns: str = "",
    computed: str = "",
    key: str = "id",
    sql: str = "count(*)",
    day: str = "day",
) -> str:
    return _MODEL % (columns and f", {columns}", computed, key, sql, day)


@pytest.fixture(scope="module")
def databases(
    postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, ClientDatabase]]:
    with sources(postgres, tmp_path_factory.mktemp("fitness"), [_SALES, _SHOPS]) as opened:
        yield opened


def _misfits(database: ClientDatabase, text: str) -> tuple[str, ...]:
    model = load_model(text)
    return SemanticLayer(model, database, "shop", database.engine).misfits()


@pytest.mark.parametrize("engine", ["postgresql", "sqlite", "duckdb", "folder"])
def test_a_model_that_fits_has_no_misfits(
    databases: dict[str, ClientDatabase], engine: str
) -> None:
    clock = "clock: datetime" if engine in ("postgresql", "duckdb") else ""

    assert _misfits(databases[engine], _text(clock)) == ()


_ALL = ("postgresql", "sqlite", "duckdb", "folder")
_TYPED = ("postgresql", "duckdb")


@pytest.mark.parametrize(
    ("engines", "text", "problem"),
    [
        (_ALL, _text("nothing: text"), "tables.sales.columns.nothing: cannot be read"),
        (_ALL, _text("brazilian: date"), "tables.sales.columns.brazilian: is declared date.*computed"),
        (_ALL, _text("money: numeric"), "tables.sales.columns.money: is declared number.*computed"),
        (_TYPED, _text("clock: date"), "tables.sales.columns.clock: .*declare datetime"),
        (_TYPED, _text("clock: timestamp"), "tables.sales.columns.clock: .*declare datetime"),
        (("postgresql",), _text("moment: datetime"), ".*columns.moment: .*declare timestamp"),
        (_ALL, _text("money: boolean"), "tables.sales.columns.money: is declared boolean"),
        (_TYPED, _text("money: text", sql="sum(money)"), "metrics.other: the database refuses it"),
        (
            _TYPED,
            _text(
                "brazilian: text",
                "sold: {type: date, sql: \"case when id > 1 then cast(substring(brazilian, 7, 4)"
                " || '-' || substring(brazilian, 4, 2) || '-' || substring(brazilian, 1, 2) as date)"
                ' end"}',
                day="sold",
            ),
            "metrics.other: the database refuses it.*computed columns",
        ),
    ],
)  # fmt: skip
def test_what_the_database_has_otherwise_is_told_with_its_remedy(
    databases: dict[str, ClientDatabase], engines: tuple[str, ...], text: str, problem: str
) -> None:
    for engine in engines:
        found = _misfits(databases[engine], text)
        assert any(re.match(problem, each) for each in found), (engine, found)


@pytest.mark.parametrize("engine", _ALL)
def test_a_key_that_names_two_rows_is_told(
    databases: dict[str, ClientDatabase], engine: str
) -> None:
    text = _text().replace("shops: {columns: {id: int, name: text}, key: id}",
        "shops: {relation: sales, columns: {shop: int, paid: bool}, key: shop}"
    ).replace("shops.name", "shops.paid")  # fmt: skip

    [problem] = _misfits(databases[engine], text)

    assert problem.startswith("tables.shops.key: 'shop' names 1 rows more than once")
