"""Rows that belong to nobody: they count, once, and those of two tables meet in one row."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import yaml
from psycopg import sql

from backend.domain.sales import MetricQuery
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster

pytestmark = pytest.mark.integration

# Two facts, names that need quotes, an owner that may be missing, and moments instead of days.
_SCHEMA = """
CREATE SCHEMA "Vendas %";
CREATE TABLE "Vendas %"."order" (id int PRIMARY KEY, "Região" text);
INSERT INTO "Vendas %"."order" VALUES (1, 'Sul'), (2, 'Norte'), (3, NULL), (4, '');
CREATE TABLE "Vendas %".invoice (id int, "user" int, "Valor Total" numeric, at timestamptz);
INSERT INTO "Vendas %".invoice VALUES
    (1, 1, 10, '2026-10-01 02:59:59+00'), (2, 1, 20, '2026-10-01 03:00:00+00'),
    (3, 3, 40, '2026-10-15 12:00:00+00'), (4, NULL, 80, '2026-11-01 02:59:59+00'),
    (5, 4, 160, '2026-11-01 03:00:00+00');
CREATE TABLE "Vendas %".visit (id int, "user" int, at timestamptz);
INSERT INTO "Vendas %".visit VALUES
    (1, NULL, '2026-10-02 12:00:00+00'), (2, 3, '2026-10-02 12:00:00+00'),
    (3, 2, '2026-10-02 12:00:00+00'), (4, 2, '2026-10-03 12:00:00+00'),
    (5, 4, '2026-10-03 12:00:00+00');
"""


def _words(name: str) -> dict[str, Any]:
    return {
        "labels": {lang: {"singular": name, "plural": name} for lang in ("pt", "en", "es")},
        "synonyms": {},
    }


def _metric(name: str, **parts: str) -> dict[str, Any]:
    definition = dict.fromkeys(("pt", "en", "es"), name)
    return {**_words(name), "definition": definition, "owner": "x", "certified": True, **parts}


def _table(relation: str, key: str, **columns: str) -> dict[str, Any]:
    return {"schema": "Vendas %", "relation": relation, "key": key, "columns": columns}


MODEL = load_model(
    yaml.safe_dump(
        {
            "name": "small",
            "title": dict.fromkeys(("pt", "en", "es"), "small"),
            "currency": "BRL",
            "time_zone": "America/Sao_Paulo",
            "tables": {
                "client": _table("order", "id", id="integer", Região="text"),
                "invoice": _table(
                    "invoice",
                    "id",
                    **{"id": "integer", "user": "integer", "Valor Total": "number"},
                    at="timestamp",
                ),
                "visit": _table("visit", "id", id="integer", user="integer", at="timestamp"),
            },
            "joins": [
                {"table": "invoice", "column": "user", "to": "client"},
                {"table": "visit", "column": "user", "to": "client"},
            ],
            "metrics": {
                "billed": _metric(
                    "billed",
                    table="invoice",
                    sql='sum("Valor Total")',
                    date="invoice.at",
                    format="money",
                ),
                "visits": _metric(
                    "visits", table="visit", sql="count(*)", date="visit.at", format="count"
                ),
                "per_visit": _metric(
                    "per_visit", numerator="billed", denominator="visits", format="money"
                ),
            },
            "dimensions": {
                "user": {"table": "client", "column": "Região", "members": True, **_words("user")}
            },
        },
        allow_unicode=True,
    )
)


@pytest.fixture(scope="module")
def layer(postgres: PostgresCluster) -> Iterator[SemanticLayer]:
    name = f"semantic_small_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with psycopg.connect(postgres.owner_dsn(name)) as owner:
            owner.execute(_SCHEMA.encode())
        database = ClientDatabase(postgres.owner_dsn(name))
        yield SemanticLayer(MODEL, database, "small")
        database.close()
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _rows(layer: SemanticLayer, **parts: Any) -> list[tuple[Any, ...]]:
    table = layer.answer(
        MetricQuery(**parts), role="manager", attributes={}, permitted_roles=frozenset({"manager"})
    )
    return [tuple(row.values()) for row in table.rows]


def test_rows_without_an_owner_meet_in_one_row_and_the_empty_text_is_another(
    layer: SemanticLayer,
) -> None:
    rows = _rows(layer, metrics=("billed", "visits", "per_visit"), dimensions=("user",))

    # Client 3 has no region and invoice 4 no client: to a reader both are "none".
    assert rows == [
        ("", Decimal(160), 1, Decimal(160)),
        (None, Decimal(120), 2, Decimal(60)),
        ("Sul", Decimal(30), 0, None),
        ("Norte", None, 2, Decimal(0)),
    ]


def test_a_day_ends_at_midnight_where_the_company_is(layer: SemanticLayer) -> None:
    months = _rows(layer, metrics=("billed",), grain="month")

    assert [(period.month, billed) for period, billed in months] == [
        (9, Decimal(10)),
        (10, Decimal(140)),
        (11, Decimal(160)),
    ]


def test_a_member_is_found_under_a_quoted_name(layer: SemanticLayer) -> None:
    assert layer.members.of("user") == ("", "Norte", "Sul")
    assert _rows(layer, metrics=("billed",), filters={"user": ("SUL",)}) == [(Decimal(30),)]


def test_both_kinds_of_nothing_side_by_side(layer: SemanticLayer) -> None:
    assert _rows(layer, metrics=("visits",), filters={"user": ("Sul",)}) == [(0,)]
    assert _rows(layer, metrics=("billed",), filters={"user": ("Norte",)}) == []
    assert _rows(layer, metrics=("billed", "visits"), filters={"user": ("Sul",)}) == [
        (Decimal(30), 0)
    ]
