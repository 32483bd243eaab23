"""The one-shot commands of the containers, on a real Postgres."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import psycopg
import pytest

from backend.domain.identity import Caller, Scope
from backend.observe import logs
from backend.store import tenants
from backend.store.database import Database
from ops.containers.inside import demo, key_directory
from ops.containers.inside.__main__ import main
from ops.local.errors import NotRunning
from ops.local.postgres import BINARIES, SUPERUSER
from ops.local.prepare import LOGINS
from tests.conftest import MigratedDatabase, PostgresCluster

ROOT = Path(__file__).parents[2]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(key_directory, "KEYS", tmp_path)
    return tmp_path


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch, database: MigratedDatabase) -> MigratedDatabase:
    monkeypatch.chdir("/")  # away from a developer's `.env`
    monkeypatch.setenv("MIGRATION_DATABASE_URL", database.owner_dsn)
    return database


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["inside", *arguments])
    # It sets up the whole process's logs, on a standard output that lasts as long as this test.
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    return main()


def holder(database: MigratedDatabase, key: str) -> Caller | None:
    """Whom the application takes the holder of this key for."""
    pool = Database(database.app_dsn, size=1, name="test")
    pool.start()
    try:
        with pool.open() as conn:
            return tenants.caller(conn, key)
    finally:
        pool.close()


def test_migrate_makes_a_key_that_only_reads_and_keeps_it(
    monkeypatch: pytest.MonkeyPatch, keys: Path, owner: MigratedDatabase
) -> None:
    assert run(monkeypatch, "migrate") == 0
    key = (keys / "scrape").read_text()
    assert (keys / "scrape").stat().st_mode & 0o777 == 0o440
    caller = holder(owner, key)
    assert caller is not None
    assert caller.scopes == {Scope.OPERATOR}
    assert run(monkeypatch, "migrate") == 0
    assert (keys / "scrape").read_text() == key
    with psycopg.connect(owner.superuser_dsn) as conn:
        rows = conn.execute(
            "SELECT (SELECT count(*) FROM persons WHERE tenant_id = %(id)s),"
            " (SELECT count(*) FROM data_sources WHERE tenant_id = %(id)s)",
            {"id": caller.tenant_id},
        ).fetchone()
    assert rows == (0, 0)


def test_a_first_tenant_has_one_key_for_each_scope(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], owner: MigratedDatabase
) -> None:
    assert run(monkeypatch, "tenant", "Acme") == 0
    shown = json.loads(capsys.readouterr().out)
    for scope in Scope:
        caller = holder(owner, shown[f"{scope}_key"])
        assert caller is not None
        assert str(caller.tenant_id) == shown["tenant_id"]
        assert caller.scopes == {scope}


def test_the_demo_company_is_seeded_and_keeps_its_keys(
    monkeypatch: pytest.MonkeyPatch,
    keys: Path,
    owner: MigratedDatabase,
    postgres: PostgresCluster,
) -> None:
    with pytest.raises(NotRunning):
        demo.keys()
    place = f"127.0.0.1:{postgres.server.port}/demo_company"
    monkeypatch.setenv("DEMO_DATABASE", place)
    monkeypatch.setenv("DEMO_OWNER_PASSWORD", postgres.passwords.demo_owner)
    monkeypatch.setenv("DEMO_READER_PASSWORD", postgres.passwords.demo_reader)
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    # Another day would replace the company that other tests read.
    monkeypatch.setattr(demo, "load", lambda dsn, day: isinstance(day, date) and _reached(dsn))
    assert run(monkeypatch, "demo") == 0
    first = demo.keys()
    assert run(monkeypatch, "demo") == 0
    assert demo.keys() == first
    caller = holder(owner, first["api_key"])
    assert caller is not None
    with psycopg.connect(owner.superuser_dsn) as conn:
        (sources,) = conn.execute(
            "SELECT count(*) FROM data_sources WHERE tenant_id = %s", [caller.tenant_id]
        ).fetchone() or (None,)
    assert sources == 1


@pytest.mark.parametrize(
    ("variable", "command"),
    [("MIGRATION_DATABASE_URL", "migrate"), ("DEMO_OWNER_PASSWORD", "demo")],
)
def test_what_is_missing_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    owner: MigratedDatabase,
    variable: str,
    command: str,
) -> None:
    del owner
    monkeypatch.delenv(variable, raising=False)
    assert run(monkeypatch, command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(variable)


def test_a_database_that_is_away_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/")
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:1/x")
    assert run(monkeypatch, "migrate") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("The database could not be prepared")
    assert "hunter2" not in line


def test_the_passwords_are_those_of_the_environment(postgres: PostgresCluster) -> None:
    passwords = asdict(postgres.passwords)
    with psycopg.connect(postgres.superuser_dsn(), autocommit=True) as conn:
        conn.execute("ALTER ROLE demo_reader PASSWORD 'of yesterday'")
    with pytest.raises(psycopg.OperationalError, match="password"):
        _reached(postgres.reader_dsn())
    subprocess.run(
        (
            *(str(BINARIES / "psql"), "-X", "-v", "ON_ERROR_STOP=1"),
            *("-f", str(ROOT / "ops" / "postgres" / "roles.sql")),
            *("-f", str(ROOT / "ops" / "containers" / "passwords.sql")),
        ),
        check=True,
        env={
            "PATH": os.defpath,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(postgres.server.port),
            "PGUSER": SUPERUSER,
            "PGDATABASE": "postgres",
            "PGPASSWORD": postgres.server.password,
        }
        | {f"{login.upper()}_PASSWORD": passwords[login] for login in LOGINS}
        | {"SALES_READER_PASSWORD": ""},
    )
    assert _reached(postgres.reader_dsn())
    # An empty one is none: nobody logs in with it.
    with psycopg.connect(postgres.superuser_dsn()) as conn:
        unusable = conn.execute("SELECT rolname FROM pg_authid WHERE rolpassword IS NULL")
        assert ("sales_reader",) in unusable.fetchall()


def _reached(dsn: str) -> bool:
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT 1").fetchone() == (1,)
