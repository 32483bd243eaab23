"""A file that its owner replaces is read anew with the next question, however many sessions are open."""

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled
from backend.semantic.connectors import duck, sqlite
from backend.semantic.engine import Engine
from backend.semantic.source import ClientDatabase
from tests.integration.patience import until
from tests.integration.three_engines import Relation, into_duckdb, into_sqlite

AMOUNT = Compiled(
    sql="SELECT sum(amount) FROM sold",
    params={},
    literal_sql="",
    columns=(),
    kinds=(),
    row_limit=10,
)
KINDS = ["sqlite", "duckdb", "folder"]


def write(kind: str, place: Path, amount: int) -> None:
    """Beside it first, and then in its place at once: as a nightly export does."""
    sold = Relation(name="sold", columns={"amount": "integer"}, rows=[(amount,)])
    if kind == "folder":
        place.mkdir(exist_ok=True)
        with (place / "new").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["amount"], [amount]])
        (place / "new").replace(place / "sold.csv")
        return
    beside = place.with_name("new")
    (into_sqlite if kind == "sqlite" else into_duckdb)(beside, [sold])
    beside.replace(place)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Path:
    place = tmp_path / "place"
    write(kind, place, 1)
    return place


@pytest.fixture
def database(kind: str, place: Path) -> Iterator[ClientDatabase]:
    engine = Engine.SQLITE if kind == "sqlite" else Engine.DUCKDB
    database = ClientDatabase(f"{engine}:///{place}", engine, (place.parent,))
    yield database
    database.close()


def both_sessions(database: ClientDatabase) -> None:
    """Have both of them open."""
    held = [database._session() for _ in range(2)]
    for each in held:
        each.close()
    assert database._pool.checkedin() == 2


def test_the_next_question_reads_the_new_file(
    kind: str, place: Path, database: ClientDatabase
) -> None:
    both_sessions(database)
    for amount in (2, 3):
        write(kind, place, amount)
        barrier = Barrier(2)

        def ask(_: int, barrier: Barrier = barrier) -> object:
            barrier.wait()
            return database.run(AMOUNT).rows

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(ask, range(2))) == [((amount,),)] * 2
        both_sessions(database)


def test_the_twin_a_session_that_is_kept_reads_the_old_one(
    kind: str, place: Path, database: ClientDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for connector in (duck.DuckConnector, sqlite.SqliteConnector):
        monkeypatch.setattr(connector, "is_alive", lambda *_: True)
    assert database.run(AMOUNT).rows == ((1,),)
    write(kind, place, 2)
    assert database.run(AMOUNT).rows == ((1,),)


def test_a_file_that_is_gone_is_a_source_that_is_down(
    kind: str, place: Path, database: ClientDatabase
) -> None:
    both_sessions(database)
    place.rename(place.with_name("elsewhere"))
    for _ in range(3):
        with pytest.raises(SourceUnavailable):
            database.run(AMOUNT)
    write(kind, place, 5)
    assert database.run(AMOUNT).rows == ((5,),)


@pytest.mark.parametrize("kind", ["duckdb"])
def test_a_question_that_still_reads_the_old_file_is_waited_for(
    kind: str, place: Path, database: ClientDatabase
) -> None:
    """DuckDB would join the new session to the old one's file."""
    session = database._session()
    rows = database._connector.rows(session.dbapi_connection, AMOUNT.sql, {})
    assert next(rows) == (1,)
    write(kind, place, 2)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(database.run, AMOUNT)
        until(lambda: database._running == 1)
        rows.close()  # type: ignore[attr-defined]
        assert asked.result(timeout=10).rows == ((2,),)
    session.close()


def test_no_session_is_left_open(kind: str, place: Path, database: ClientDatabase) -> None:
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("the system does not list open files")

    def opened() -> int:
        files = (str(each.readlink()) for each in descriptors.iterdir() if each.is_symlink())
        return sum("place" in each or "folder.duckdb" in each for each in files)

    both_sessions(database)
    write(kind, place, 2)
    database.run(AMOUNT)
    database.close()
    until(lambda: opened() == 0)
