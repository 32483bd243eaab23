"""A shop on every engine that has something to hide: card numbers, and sellers with own customers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import yaml
from psycopg import sql
from psycopg.conninfo import make_conninfo

from backend.semantic.engine import Engine
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from tests.conftest import PostgresCluster
from tests.integration.figures_stage import MODEL
from tests.integration.three_engines import Relation, into_duckdb, into_postgres, into_sqlite

SELLERS = ("Ana Souza", "Bruno Lima", "Conceição D'Ávila")
CUSTOMERS = (
    *("Ação & Cia", "Bar São João", "Casa 100%", "JOÃO Pereira", "Joana Prado", "Nuñez_SL"),
    *("Øst", "Padaria São Bento", "Zé"),
)
#: The model declares neither `card` nor the table of cards.
SOLD = Relation(
    name="sold",
    columns={
        "id": "integer",
        "day": "date",
        "region": "text",
        "seller": "text",
        "customer": "text",
        "amount": "integer",
        "card": "text",
    },
    rows=[
        (
            number,
            date(2026, 10, 1 + number % 28),
            ("North", "South")[number % 2],
            SELLERS[number % len(SELLERS)],
            CUSTOMERS[number % len(CUSTOMERS)],
            # Sums tell which rows they are of: no two sets of rows have the same.
            2**number,
            f"4111-{number:04}",
        )
        for number in range(30)
    ],
)
PLACES = Relation(
    name="places",
    columns={"region": "text", "country": "text"},
    rows=[("North", "BR"), ("South", "AR")],
)


def _text(*, scoped: bool) -> str:
    """The shop's model; `scoped`: a seller sees own rows."""
    model: dict[str, Any] = yaml.safe_load(MODEL)
    sold = model["tables"]["sold"]
    sold["columns"] = dict.fromkeys(("region", "seller", "customer"), "text")
    sold["columns"] |= {"id": "integer", "day": "date", "amount": "number"}
    model["tables"]["places"] = {
        "relation": "places",
        "key": "region",
        "columns": {"region": "text", "country": "text"},
    }
    model["joins"] = [{"from": "sold.region", "to": "places.region"}]
    for name in ("seller", "customer"):
        words = {"singular": name, "plural": f"{name}s"}
        model["dimensions"][name] = {
            "table": "sold",
            "column": name,
            "members": True,
            "labels": {"pt": words | {"gender": "m"}, "en": words, "es": words | {"gender": "m"}},
            "synonyms": {},
        }
    if scoped:
        model["row_scope"] = {"seller": {"dimension": "seller", "attribute": "seller"}}
    return yaml.safe_dump(model, allow_unicode=True, sort_keys=False)


SHOP = load_model(_text(scoped=True))
#: The same without a scope: the guard switched off.
UNSCOPED = load_model(_text(scoped=False))


@contextmanager
def guarded_shop(postgres: PostgresCluster, folder: Path) -> Iterator[dict[Engine, ClientDatabase]]:
    """On each engine, read as a client is: in PostgreSQL by a login that may only read `sold`."""
    into_sqlite(folder / "shop.sqlite", [SOLD, PLACES])
    into_duckdb(folder / "shop.duckdb", [SOLD, PLACES])
    with shop_login(postgres) as dsn:
        databases = {
            Engine.POSTGRESQL: ClientDatabase(dsn),
            **{each: _file(folder, each) for each in (Engine.SQLITE, Engine.DUCKDB)},
        }
        try:
            yield databases
        finally:
            for database in databases.values():
                database.close()


@contextmanager
def shop_login(postgres: PostgresCluster) -> Iterator[str]:
    """The shop in a database of its own, and the DSN of a login that may read it."""
    name = f"guarded_{uuid4().hex[:12]}"
    own, owner = sql.Identifier(name), postgres.owner_dsn(name)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(own))
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(own, sql.Literal(name)))
        try:
            into_postgres(owner, [SOLD, PLACES])
            with psycopg.connect(owner) as shop:
                shop.execute(sql.SQL("GRANT SELECT ON sold, places TO {}").format(own))
            yield make_conninfo(owner, user=name, password=name)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))
            conn.execute(sql.SQL("DROP ROLE {}").format(own))


def _file(folder: Path, engine: Engine) -> ClientDatabase:
    return ClientDatabase(f"{engine}:///{folder}/shop.{engine}", engine, (folder,))
