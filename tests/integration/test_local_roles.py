"""The cluster's logins can do what their names say, and nothing beside it."""

from dataclasses import asdict

import psycopg
import pytest
from psycopg import errors

from ops.local.prepare import LOGINS
from ops.local.roles import apply_roles
from tests.conftest import MigratedDatabase, PostgresCluster


def connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(dsn, autocommit=True, connect_timeout=5)


def test_applying_them_again_changes_nothing(postgres: PostgresCluster) -> None:
    def state() -> list[tuple[object, ...]]:
        with connect(postgres.superuser_dsn()) as conn:
            return conn.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin,"
                " rolconfig FROM pg_roles WHERE rolname !~ '^pg_' UNION ALL"
                " SELECT datname, false, false, false, false, false, datacl::text[]"
                " FROM pg_database WHERE datname IN ('sales_crew', 'demo_company') ORDER BY 1"
            ).fetchall()

    before = state()
    passwords = asdict(postgres.passwords)
    apply_roles(postgres.server, {login: passwords[login] for login in LOGINS})
    assert state() == before


@pytest.mark.parametrize("login", LOGINS)
def test_no_login_has_a_power_of_the_cluster(postgres: PostgresCluster, login: str) -> None:
    with connect(postgres.superuser_dsn()) as conn:
        powers = conn.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
            " FROM pg_roles WHERE rolname = %s",
            [login],
        ).fetchone()
    assert powers == (False,) * 5


@pytest.mark.parametrize(
    ("login", "database"),
    [
        ("sales_app", "demo_company"),
        ("sales_owner", "demo_company"),
        ("demo_reader", "sales_crew"),
        ("demo_owner", "sales_crew"),
    ],
)
def test_each_pair_stays_in_its_own_database(
    postgres: PostgresCluster, login: str, database: str
) -> None:
    dsn = postgres.server.dsn(login, asdict(postgres.passwords)[login], database)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(dsn)


def test_the_application_owns_nothing_and_makes_nothing(database: MigratedDatabase) -> None:
    with connect(database.app_dsn) as conn:
        for statement in (
            "CREATE TABLE mine (id int)",
            "CREATE SCHEMA mine",
            "CREATE TEMPORARY TABLE mine (id int)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(statement.encode())


def test_the_owner_makes_tables_with_vectors(database: MigratedDatabase) -> None:
    with connect(database.owner_dsn) as conn:
        conn.execute("CREATE TABLE mine (embedding halfvec(3))")
        conn.execute("INSERT INTO mine VALUES ('[1,2,3]')")
        row = conn.execute("SELECT embedding <=> '[1,2,3]' FROM mine").fetchone()
    assert row == (0.0,)


def test_the_reader_forgets_neither_its_limits_nor_its_manners(postgres: PostgresCluster) -> None:
    with connect(postgres.reader_dsn()) as conn:
        assert conn.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
        assert conn.execute("SHOW statement_timeout").fetchone() == ("5s",)
        conn.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute("CREATE TABLE public.mine (id int)")


def test_the_servers_log_never_holds_a_password(postgres: PostgresCluster) -> None:
    log = postgres.server.directory.with_suffix(".log").read_text()
    assert "ready to accept connections" in log
    for secret in asdict(postgres.passwords).values():
        assert secret not in log
