"""Two askers of different scope never share a row, on any engine; and names beyond the kept ones."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from backend.domain.errors import SalesNotPermitted
from backend.domain.sales import MetricQuery
from backend.semantic import compile as compiling
from backend.semantic.engine import EXECUTED, Engine
from backend.semantic.layer import SemanticLayer
from backend.semantic.model import SemanticModel
from backend.semantic.source import ClientDatabase
from tests.conftest import PostgresCluster
from tests.integration.guarded_shop import CUSTOMERS, SELLERS, SHOP, UNSCOPED, guarded_shop

ENGINES = sorted(EXECUTED)
ROLES = frozenset({"manager", "seller"})
#: Every way to ask for figures, with as much as a statement can hold.
QUERIES = (
    MetricQuery(metrics=("revenue",)),
    MetricQuery(metrics=("revenue",), dimensions=("seller",)),
    MetricQuery(metrics=("revenue",), dimensions=("customer",), order="desc", limit=3),
    MetricQuery(metrics=("revenue",), dimensions=("customer",), limit=2, other=True),
    MetricQuery(metrics=("revenue",), dimensions=("region",), share=True),
    MetricQuery(metrics=("revenue",), grain="day", cumulative=True),
    MetricQuery(metrics=("revenue",), exclude={"region": ("North",)}),
    MetricQuery(metrics=("revenue",), dimensions=("customer",), exclude={"seller": ("Nobody",)}),
)


@pytest.fixture(scope="module")
def databases(
    postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Engine, ClientDatabase]]:
    with guarded_shop(postgres, tmp_path_factory.mktemp("shop")) as databases:
        yield databases


def told(
    model: SemanticModel, database: ClientDatabase, query: MetricQuery, seller: str
) -> list[Mapping[str, Any]]:
    layer = SemanticLayer(model, database, "shop", database.engine)
    table = layer.answer(query, role="seller", attributes={"seller": seller}, permitted_roles=ROLES)
    return list(table.rows)


def sold_by(rows: list[Mapping[str, Any]], *, running: bool) -> int:
    """The set of sold rows that are told, as bits: each row's amount is another power of two."""
    amounts = [int(row["revenue"]) for row in rows]
    if running:
        return max(amounts)
    found = 0
    for amount in amounts:
        found |= amount
    return found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("query", QUERIES)
def test_two_sellers_share_no_row(
    databases: dict[Engine, ClientDatabase], engine: Engine, query: MetricQuery
) -> None:
    seen = [
        sold_by(told(SHOP, databases[engine], query, each.upper()), running=query.cumulative)
        for each in SELLERS
    ]
    own = [sum(2**row for row in range(30) if row % 3 == place) for place in range(3)]
    for rows, mine in zip(seen, own, strict=True):
        assert rows
        assert rows & ~mine == 0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("query", QUERIES)
def test_the_twin_without_a_scope_they_share_rows(
    databases: dict[Engine, ClientDatabase], engine: Engine, query: MetricQuery
) -> None:
    first, second = (
        sold_by(told(UNSCOPED, databases[engine], query, each), running=query.cumulative)
        for each in SELLERS[:2]
    )
    assert first & second


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sao joao", ["Bar São João"]),
        ("JOÃO", ["Bar São João", "JOÃO Pereira"]),
        ("pereira joao", ["JOÃO Pereira"]),
        ("100%", ["Casa 100%"]),
        ("nunez_sl", ["Nuñez_SL"]),
        ("acao", ["Ação & Cia"]),
        ("ze", ["Zé"]),
        # The longest word, where not all are there.
        ("padaria central", ["Padaria São Bento"]),
        ("'; DROP TABLE sold; --", []),
        ("\\ _ %", []),
        ("", []),
        ("\0", []),
    ],
)
def test_names_beyond_those_kept_are_found_without_case_and_accents(
    databases: dict[Engine, ClientDatabase],
    engine: Engine,
    text: str,
    found: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # None of the names looked for is among the first.
    monkeypatch.setattr(compiling, "MEMBER_LIMIT", 0)
    layer = SemanticLayer(SHOP, databases[engine], "shop", engine)

    names = layer.find_value("customer", text, role="manager", attributes={})

    assert not layer.members.of("customer")
    assert sorted(names) == sorted(found)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_filter_on_a_name_beyond_those_kept_finds_its_rows(
    databases: dict[Engine, ClientDatabase], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> list[Mapping[str, Any]]:
        layer = SemanticLayer(SHOP, databases[engine], "shop", engine)
        query = MetricQuery(metrics=("revenue",), filters={"customer": ("bar sao joao",)})
        return list(layer.answer(query, role="manager", attributes={}, permitted_roles=ROLES).rows)

    kept = asked()
    monkeypatch.setattr(compiling, "MEMBER_LIMIT", 0)

    assert kept == asked()
    assert int(kept[0]["revenue"]) == sum(
        2**row for row in range(30) if CUSTOMERS[row % len(CUSTOMERS)] == "Bar São João"
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_seller_finds_no_name_but_their_own(
    databases: dict[Engine, ClientDatabase], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"seller": "conceicao d'avila"}
    for limit in (50_000, 0):
        monkeypatch.setattr(compiling, "MEMBER_LIMIT", limit)
        layer = SemanticLayer(SHOP, databases[engine], "shop", engine)
        assert layer.find_value("seller", "a", role="seller", attributes=own) == (SELLERS[2],)
        assert set(layer.find_value("seller", "a", role="manager", attributes={})) == set(SELLERS)
        with pytest.raises(SalesNotPermitted):
            layer.find_value("customer", "joao", role="seller", attributes=own)
