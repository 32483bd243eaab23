"""The same query finds the same rows on PostgreSQL, SQLite and DuckDB, whatever the data."""

import itertools
import shutil
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import psycopg
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import Comparison, Grain, MetricQuery, Operator, Threshold
from backend.semantic.engine import Engine
from backend.semantic.joins import reaches
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster
from tests.integration.three_engines import (
    Relation,
    into_duckdb,
    into_postgres,
    into_sqlite,
    layers,
    rows,
)

pytestmark = pytest.mark.integration

_FIRST = date(2024, 1, 1)


def _words(name: str) -> dict[str, Any]:
    return {
        "labels": {lang: {"singular": name, "plural": name} for lang in ("pt", "en", "es")},
        "synonyms": {},
    }


def _metric(name: str, form: str, **parts: str) -> dict[str, Any]:
    definition = dict.fromkeys(("pt", "en", "es"), name)
    head = {"definition": definition, "owner": "x", "certified": True, "format": form}
    return {**_words(name), **head, **parts}


def _dimension(name: str, table: str, column: str) -> dict[str, Any]:
    return {"table": table, "column": column, **_words(name)}


_SALE = {"table": "sale", "date": "sale.sold_on"}
MODEL_TEXT = yaml.safe_dump(
    {
        "name": "engines",
        "title": dict.fromkeys(("pt", "en", "es"), "engines"),
        "currency": "BRL",
        "time_zone": "America/Sao_Paulo",
        "week_start": "sunday",
        "fiscal_year_start": 4,
        "tables": {
            "client": {
                "relation": "client",
                "key": "id",
                "columns": {"id": "integer", "name": "text", "size": "integer", "vip": "boolean"},
                "computed": {"known_as": {"type": "text", "sql": "upper(coalesce(name, '?'))"}},
            },
            "sale": {
                "relation": "sale",
                "columns": {
                    "client_id": "integer",
                    "sold_on": "date",
                    "price": "number",
                    "quantity": "integer",
                    "discount": "double",
                    "status": "text",
                },
            },
            "visit": {
                "relation": "visit",
                "columns": {"client_id": "integer", "at": "datetime", "minutes": "integer"},
            },
        },
        "joins": [
            {"table": "sale", "column": "client_id", "to": "client"},
            {"table": "visit", "column": "client_id", "to": "client"},
        ],
        "metrics": {
            "revenue": _metric(
                "revenue", "money", sql="sum(price * quantity * (1 - discount))", **_SALE
            ),
            "units": _metric("units", "quantity", sql="sum(quantity)", **_SALE),
            "won": _metric(
                "won",
                "count",
                sql="count(*)",
                filter="status like 'Won%' or status = 'ok'",
                **_SALE,
            ),
            "highest": _metric("highest", "money", sql="max(price)", **_SALE),
            "usual": _metric("usual", "money", sql="avg(price)", **_SALE),
            "cheap": _metric("cheap", "count", sql="count(*) filter (where price < 2)", **_SALE),
            "halves": _metric("halves", "ratio", sql="sum(quantity) / 2", **_SALE),
            "buyers": _metric("buyers", "count", sql="count(distinct client_id)", **_SALE),
            "visits": _metric("visits", "count", table="visit", sql="count(*)", date="visit.at"),
            "minutes": _metric(
                "minutes", "quantity", table="visit", sql="sum(minutes)", date="visit.at"
            ),
            "price": _metric("price", "money", numerator="revenue", denominator="units"),
            "per_visit": _metric("per_visit", "money", numerator="revenue", denominator="visits"),
            "balance": _metric("balance", "money", formula="revenue - 0.5 * minutes"),
            "so_far": _metric("so_far", "money", cumulative="revenue", since="year"),
            "fiscal": _metric("fiscal", "money", cumulative="balance", since="fiscal_year"),
            "ever": _metric("ever", "count", cumulative="visits", since="always"),
        },
        "dimensions": {
            "client": _dimension("client", "client", "name"),
            "known": _dimension("known", "client", "known_as"),
            "size": _dimension("size", "client", "size"),
            "vip": _dimension("vip", "client", "vip"),
            "status": _dimension("status", "sale", "status"),
            "sold_on": _dimension("sold_on", "sale", "sold_on"),
        },
    },
    sort_keys=False,
)
MODEL = load_model(MODEL_TEXT)

# Names that differ in capitals and accents only, that sort apart, and that are nothing.
_NAMES = st.sampled_from(["Ana", "ana", "Élan", "Zoo", "ábaco", "", "o'Neil", "50%", None])
_DAYS = st.integers(0, 800).map(lambda days: _FIRST + timedelta(days=days))
_MONEY = st.decimals(-20, 20, places=2).filter(lambda number: number != 0)
_CLIENTS = st.lists(
    st.tuples(_NAMES, st.integers(1, 3) | st.none(), st.booleans() | st.none()), max_size=6
)
_SALES = st.lists(
    st.tuples(
        st.integers(1, 8) | st.none(),
        _DAYS | st.none(),
        _MONEY | st.none(),
        st.integers(0, 3) | st.none(),
        st.sampled_from([0.0, 0.1, 0.15, 0.3]),
        st.sampled_from(["Won", "won", "Won late", "ok", "lost", None]),
    ),
    min_size=4,
    max_size=20,
)
_VISITS = st.lists(
    st.tuples(
        st.integers(1, 8) | st.none(),
        st.tuples(_DAYS, st.integers(0, 23)).map(
            lambda at: datetime(at[0].year, at[0].month, at[0].day, at[1], 59)  # noqa: DTZ001
        ),
        st.integers(0, 60) | st.none(),
    ),
    max_size=12,
)
_MEMBERS = {
    "client": ["Ana", "Élan", "", "o'Neil"],
    "known": ["ANA", "ÉLAN", "?"],
    "size": ["1", "2"],
    "vip": ["true", "false"],
    "status": ["Won", "lost"],
    "sold_on": ["2024-02-29", "2025-03-01"],
}


_TOGETHER = ("revenue", "units", "won", "cheap", "balance", "visits", "minutes")
_RUNNING = ("so_far", "fiscal", "ever")
_GRAINS = st.sampled_from(get_args(Grain))
_ADDITIVE = st.lists(st.sampled_from(_TOGETHER), min_size=1, max_size=3)
_ANY = st.lists(st.sampled_from(list(MODEL.metrics)), min_size=1, max_size=3)


@st.composite
def _queries(draw: st.DrawFn) -> MetricQuery:
    """A plain question with one or two of the things that may be asked beside it."""
    kind = draw(st.sampled_from(["plain", "compare", "share", "running", "other", "without"]))
    metrics = draw(_ADDITIVE if kind in ("share", "running", "other") else _ANY)
    if kind == "running" and draw(st.booleans()):
        metrics = [draw(st.sampled_from(_RUNNING)), *metrics]
    able = [
        each for each in MODEL.dimensions if all(reaches(MODEL, name, each) for name in metrics)
    ]
    days = sorted(draw(st.lists(_DAYS, min_size=2, max_size=2)))
    whole_months = draw(st.booleans())
    first, last = (days[0].replace(day=1), _month_end(days[1])) if whole_months else days
    is_open = kind in ("plain", "share", "without")
    query = MetricQuery(
        metrics=tuple(metrics),
        dimensions=tuple(draw(st.lists(st.sampled_from(able), max_size=2, unique=True))),
        filters=_some_members(draw, able),
        exclude=_some_members(draw, able),
        from_date=None if is_open and draw(st.booleans()) else first,
        to_date=None if is_open and draw(st.booleans()) else last,
        grain=draw(st.none() | _GRAINS),
        order=draw(st.sampled_from([None, "asc", "desc"])),
        limit=draw(st.none() | st.integers(1, 4)),
    )
    if kind == "compare":
        query = replace(query, compare=draw(st.sampled_from(get_args(Comparison))))
    if kind == "share":
        query = replace(query, share=True)
    if kind == "running" and not set(metrics) & set(_RUNNING):
        query = replace(query, cumulative=True, grain=draw(_GRAINS))
    if kind == "other":
        query = replace(query, dimensions=("client",), grain=None, limit=2, other=True)
    if kind == "without":
        without = draw(st.sampled_from(["units", "visits"]))
        query = replace(query, dimensions=("client",), grain=None, without=without)
    if kind not in ("other", "without") and draw(st.booleans()):
        op = draw(st.sampled_from(get_args(Operator)))
        value = Decimal(draw(st.integers(-3, 30)))
        query = replace(query, having=(Threshold(metric=metrics[0], op=op, value=value),))
    return query


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _some_members(draw: st.DrawFn, able: list[str]) -> dict[str, tuple[str, ...]]:
    if draw(st.integers(0, 3)):
        return {}
    name = draw(st.sampled_from(able))
    members = draw(st.lists(st.sampled_from(_MEMBERS[name]), min_size=1, max_size=2))
    return {name: tuple(members)}


def _relations(
    clients: list[tuple[Any, ...]], sales: list[tuple[Any, ...]], visits: list[tuple[Any, ...]]
) -> list[Relation]:
    numbered = [(number, *client) for number, client in enumerate(clients, start=1)]
    return [
        Relation(
            name="client",
            columns={"id": "integer", "name": "text", "size": "integer", "vip": "boolean"},
            rows=numbered,
        ),
        Relation(
            name="sale",
            columns={
                "client_id": "integer",
                "sold_on": "date",
                "price": "numeric",
                "quantity": "integer",
                "discount": "double precision",
                "status": "text",
            },
            rows=sales,
        ),
        Relation(
            name="visit",
            columns={"client_id": "integer", "at": "timestamp", "minutes": "integer"},
            rows=visits,
        ),
    ]


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    name = f"engines_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield postgres.owner_dsn(name)
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


_numbers = itertools.count()


def _loaded(
    dsn: str, directory: Path, relations: list[Relation]
) -> tuple[dict[str, ClientDatabase], Path]:
    folder = directory / str(next(_numbers))
    folder.mkdir()
    with psycopg.connect(dsn) as conn:
        conn.execute("DROP TABLE IF EXISTS client, sale, visit")
    into_postgres(dsn, relations)
    into_sqlite(folder / "data.sqlite", relations)
    into_duckdb(folder / "data.duckdb", relations)
    databases = {"postgresql": ClientDatabase(dsn)}
    for engine in (Engine.SQLITE, Engine.DUCKDB):
        databases[engine] = ClientDatabase(f"{engine}:///{folder}/data.{engine}", engine, (folder,))
    return databases, folder


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    clients=_CLIENTS,
    sales=_SALES,
    visits=_VISITS,
    queries=st.lists(_queries(), min_size=12, max_size=12),
)
def test_every_engine_finds_the_same_rows(
    dsn: str,
    tmp_path: Path,
    clients: list[tuple[Any, ...]],
    sales: list[tuple[Any, ...]],
    visits: list[tuple[Any, ...]],
    queries: list[MetricQuery],
) -> None:
    databases, folder = _loaded(dsn, tmp_path, _relations(clients, sales, visits))
    try:
        asked = layers(MODEL, databases)
        for query in queries:
            found = {name: _rows_or_refusal(layer, query) for name, layer in asked.items()}
            assert found["sqlite"] == found["postgresql"], query
            assert found["duckdb"] == found["postgresql"], query
    finally:
        for database in databases.values():
            database.close()
        shutil.rmtree(folder)


def _rows_or_refusal(layer: Any, query: MetricQuery) -> Any:
    try:
        return rows(layer, query)
    except SalesQueryInvalid as error:
        return str(error)
