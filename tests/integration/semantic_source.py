"""The demo company in a database of its own, and a login that may only read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Protocol
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ops.demo.load import READER, load

TODAY = date(2026, 11, 24)


class PostgresCluster(Protocol):
    def owner_dsn(self, database: str) -> str: ...


@contextmanager
def demo_source(postgres: PostgresCluster) -> Iterator[str]:
    """The reader's DSN. Database and login are gone afterwards."""
    name = f"semantic_{uuid4().hex[:12]}"
    identifier = sql.Identifier(name)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        for role in ("demo_owner", READER):
            if conn.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                conn.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        conn.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}").format(
                identifier, sql.Literal(name), sql.Identifier(READER)
            )
        )
        conn.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            load(postgres.owner_dsn(name), TODAY)
            yield make_conninfo(postgres.owner_dsn(name), user=name, password=name)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
            conn.execute(sql.SQL("DROP ROLE {}").format(identifier))
