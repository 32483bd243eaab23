"""Bring a database to the newest shape: each file of `migrations/` in order, once.

Runs as the owner, in one transaction under a lock, so two processes may start together. A
file that was applied and then changed stops everything: history is not edited.
"""

import hashlib
from pathlib import Path

import psycopg
import structlog

from backend.store.database import Database

log = structlog.get_logger(__name__)

_FOLDER = Path(__file__).parent / "migrations"
#: Any constant will do; it only has to be the same everywhere.
_LOCK = 7_305_101


class MigrationChanged(Exception):
    """A migration that was already applied has been edited."""


def migrate(owner_dsn: str) -> list[str]:
    """Apply what is missing and return the names applied. Raises MigrationChanged."""
    applied: list[str] = []
    with psycopg.connect(owner_dsn) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        conn.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations ("
            " name text PRIMARY KEY, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        # The application asks whether its database is up to date; it never migrates.
        conn.execute("GRANT SELECT ON schema_migrations TO sales_app")
        rows = conn.execute("SELECT name, digest FROM schema_migrations").fetchall()
        known: dict[str, str] = dict(rows)
        for path in sorted(_FOLDER.glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            if path.name in known:
                if known[path.name] != digest:
                    raise MigrationChanged(f"{path.name} was applied in another form")
                continue
            # Our own file, so as good as a literal; bytes are the form psycopg takes unchecked.
            conn.execute(text.encode())
            conn.execute(
                "INSERT INTO schema_migrations (name, digest) VALUES (%s, %s)", [path.name, digest]
            )
            applied.append(path.name)
    log.info("store.migrated", applied=applied)
    return applied


def unapplied(database: Database) -> list[str]:
    """The migrations that this database has not seen yet. Raises StoreUnavailable."""
    with database.open() as conn:
        found = conn.execute("SELECT to_regclass('schema_migrations') IS NOT NULL AS there")
        there = found.fetchone()
        rows = (
            conn.execute("SELECT name FROM schema_migrations").fetchall()
            if there is not None and there["there"]
            else []
        )
    known = {row["name"] for row in rows}
    return [path.name for path in sorted(_FOLDER.glob("*.sql")) if path.name not in known]
