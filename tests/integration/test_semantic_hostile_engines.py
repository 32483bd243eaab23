"""Every engine refuses alone, with no gate before it; and what only the gate can refuse is shown.

Twins: the same statement over a plain session, or without the gate, does what it was refused for.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled
from backend.semantic.connectors import connector
from backend.semantic.dialects.known import DIALECTS
from backend.semantic.engine import EXECUTED, Engine
from backend.semantic.gate import StatementRefused, check_statement
from backend.semantic.source import ClientDatabase
from tests.conftest import PostgresCluster
from tests.integration.guarded_shop import SHOP, guarded_shop

ENGINES = sorted(EXECUTED)

SQLITE = [
    "DELETE FROM sold",
    "UPDATE sold SET amount = 0",
    "INSERT INTO places VALUES ('West', 'CL')",
    "WITH x AS (SELECT 1) DELETE FROM sold",
    "SELECT 1; DELETE FROM sold",
    "CREATE TABLE copied AS SELECT * FROM sold",
    "CREATE TEMP TABLE copied AS SELECT * FROM sold",
    "CREATE TEMP VIEW sold AS SELECT 1",
    "CREATE TEMP TRIGGER t AFTER INSERT ON sold BEGIN SELECT 1; END",
    "DROP TABLE sold",
    "ALTER TABLE sold RENAME TO gone",
    "ANALYZE",
    "VACUUM",
    "VACUUM INTO '{folder}/copied.sqlite'",
    "ATTACH DATABASE '{folder}/other.sqlite' AS other",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA database_list",
    "BEGIN IMMEDIATE",
    "SAVEPOINT x",
    "SELECT load_extension('{folder}/x.so')",
    "SELECT readfile('/etc/hostname')",
    "SELECT writefile('{folder}/written', 'x')",
    "SELECT length(zeroblob(2000000000))",
    "SELECT length(hex(zeroblob(3000000)))",
]
DUCKDB = [
    "DELETE FROM sold",
    "UPDATE sold SET amount = 0",
    "INSERT INTO places VALUES ('West', 'CL')",
    "SELECT 1; DELETE FROM sold",
    "CREATE TABLE copied AS SELECT * FROM sold",
    "CREATE TEMP TABLE copied AS SELECT * FROM sold",
    "CREATE TEMP MACRO sum(x) AS 0",
    "DROP TABLE sold",
    "COPY sold TO '{folder}/copied.csv'",
    "COPY (SELECT 1) TO '{folder}/copied.csv'",
    "EXPORT DATABASE '{folder}/copied'",
    "ATTACH '{folder}/other.duckdb' AS other",
    "SELECT * FROM read_csv('/etc/hostname')",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM '{folder}/x.csv'",
    "SELECT * FROM glob('/etc/*')",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET lock_configuration = false",
    "SET VARIABLE x = 1",
    "PREPARE p AS SELECT 1",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CHECKPOINT",
    "BEGIN",
    "SELECT length(repeat('x', 100000000000))",
]
ENDLESS = {
    Engine.SQLITE: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT count(*) FROM n",
    Engine.DUCKDB: "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range = -1",
    Engine.POSTGRESQL: "SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 9) b",
}

#: Harmless to the database, and yet not what a figure may be made of. The login can read these rows:
#: which of them are told is decided by the model, and so by the gate.
GATE_ONLY = [
    "SELECT sold.card FROM {sold} LIMIT 10",
    "SELECT SUM(sold.amount) FROM {sold} LEFT JOIN {places} ON 1 = 1 LIMIT 10",
    "SELECT SUM(sold.amount) FROM {sold}, {places} LIMIT 10",
    "SELECT sold.seller FROM {sold} WHERE sold.card > '4111' LIMIT 10",
    "SELECT sold.seller FROM {sold} ORDER BY sold.card LIMIT 10",
    "SELECT * FROM {sold} LIMIT 10",
    "SELECT COUNT(*) FROM {sold}",
    "SELECT (SELECT MAX(card) FROM {sold}) FROM {places} LIMIT 10",
]


@pytest.fixture(scope="module")
def shop(
    postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[Engine, ClientDatabase], Path]]:
    folder = tmp_path_factory.mktemp("shop")
    with guarded_shop(postgres, folder) as databases:
        yield databases, folder


def unseen(sql: str, row_limit: int = 10) -> Compiled:
    """A statement that no compiler and no gate has seen."""
    return Compiled(sql=sql, params={}, literal_sql=sql, columns=(), kinds=(), row_limit=row_limit)


def spelt(sql: str, engine: Engine) -> str:
    schema = DIALECTS[engine].schema
    names = {each: f"{schema}.{each} AS {each}" for each in ("sold", "places")}
    return sql.format(**(names if schema else {each: f"{each} AS {each}" for each in names}))


@pytest.mark.parametrize(
    ("engine", "sql"),
    [*((Engine.SQLITE, each) for each in SQLITE), *((Engine.DUCKDB, each) for each in DUCKDB)],
)
def test_refused_by_the_gate_alone_and_by_the_database_alone(
    shop: tuple[dict[Engine, ClientDatabase], Path], engine: Engine, sql: str
) -> None:
    databases, folder = shop
    sql = sql.replace("{folder}", str(folder))
    with pytest.raises(StatementRefused):
        check_statement(SHOP, sql, row_limit=2_001, engine=engine)

    files = sorted(each.name for each in folder.iterdir())
    with pytest.raises(SourceUnavailable):
        databases[engine].run(unseen(sql))

    assert sorted(each.name for each in folder.iterdir()) == files
    [(rows, amount)] = databases[engine].run(unseen("SELECT count(*), sum(amount) FROM sold")).rows
    assert (rows, amount) == (30, 2**30 - 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_never_ends_is_ended_and_the_next_question_is_answered(
    shop: tuple[dict[Engine, ClientDatabase], Path],
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    databases, _ = shop
    with monkeypatch.context() as patch:
        patch.setattr(connector, "ANSWER_SECONDS", 0.3)
        with pytest.raises(SourceUnavailable):
            databases[engine].run(unseen(ENDLESS[engine]))
    count = unseen(spelt("SELECT count(*) FROM {sold}", engine))
    assert databases[engine].run(count).rows == ((30,),)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sql", GATE_ONLY)
def test_the_model_is_kept_by_the_gate(engine: Engine, sql: str) -> None:
    with pytest.raises(StatementRefused):
        check_statement(SHOP, spelt(sql, engine), row_limit=2_001, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("sql", GATE_ONLY)
def test_the_twin_without_the_gate_it_is_told(
    shop: tuple[dict[Engine, ClientDatabase], Path], engine: Engine, sql: str
) -> None:
    databases, _ = shop
    assert databases[engine].run(unseen(spelt(sql, engine))).rows


@pytest.mark.parametrize("engine", ENGINES)
def test_a_million_rows_are_refused_by_the_gate_and_cut_without_it(
    shop: tuple[dict[Engine, ClientDatabase], Path], engine: Engine
) -> None:
    databases, _ = shop
    sql = spelt("SELECT sold.seller FROM {sold} LIMIT 1000000", engine)
    with pytest.raises(StatementRefused):
        check_statement(SHOP, sql, row_limit=2_001, engine=engine)
    # A count of rows is what metrics are made of.
    check_statement(
        SHOP,
        spelt("SELECT COUNT(*) AS n FROM {sold} LIMIT 1", engine),
        row_limit=2_001,
        engine=engine,
    )

    cut = databases[engine].run(unseen(sql, row_limit=7))
    assert (len(cut.rows), cut.truncated) == (7, True)
    whole = databases[engine].run(unseen(sql, row_limit=1_000_000))
    assert (len(whole.rows), whole.truncated) == (30, False)


def test_the_twin_a_plain_session_writes(tmp_path: Path) -> None:
    """Neither read-only nor an authorizer: the same statements work, so it is those that refuse."""
    with sqlite3.connect(tmp_path / "plain.sqlite") as lite:
        lite.execute("CREATE TABLE sold (amount INTEGER)")
        lite.execute("PRAGMA writable_schema = ON")
        lite.execute("CREATE TEMP TABLE copied AS SELECT * FROM sold")
        lite.execute(f"ATTACH DATABASE '{tmp_path}/other.sqlite' AS other")
        assert lite.execute("SELECT length(zeroblob(500000000))").fetchone() == (500_000_000,)
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as duck:
        duck.execute("CREATE TABLE sold (amount INTEGER)")
        duck.execute("CREATE TEMP MACRO sum(x) AS 0")
        assert duck.execute("SELECT sum(1)").fetchone() == (0,)
        duck.execute(f"COPY sold TO '{tmp_path}/copied.csv'")
        assert duck.execute("SELECT * FROM read_text('/proc/self/comm')").fetchone()
    assert (tmp_path / "copied.csv").exists()
    # Each guard of the session alone: a read-only file leaves macros and other files open.
    with duckdb.connect(str(tmp_path / "plain.duckdb"), read_only=True) as duck:
        duck.execute("CREATE TEMP MACRO sum(x) AS 0")
        assert duck.execute("SELECT * FROM read_text('/proc/self/comm')").fetchone()
