"""A slow or dead database of one client costs the others nothing, and its own askers little."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backend.domain.errors import SourceUnavailable
from backend.semantic import source
from backend.semantic.breaker import MOST_FAILURES
from backend.semantic.compile import Compiled
from backend.semantic.connectors import postgresql
from backend.semantic.engine import Engine
from backend.semantic.source import ClientDatabase
from tests.conftest import PostgresCluster
from tests.integration.guarded_shop import shop_login
from tests.integration.patience import until

COUNT = Compiled(
    sql="SELECT count(*) FROM public.sold",
    params={},
    literal_sql="",
    columns=(),
    kinds=(),
    row_limit=10,
)


def asking(text: str) -> Compiled:
    return Compiled(sql=text, params={}, literal_sql=text, columns=(), kinds=(), row_limit=10)


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    with shop_login(postgres) as dsn:
        yield dsn


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def sessions(postgres: PostgresCluster, dsn: str, state: str = "%") -> int:
    """Those of the login that reads, as the server counts them."""
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        row = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND state LIKE %s",
            (conninfo_to_dict(dsn)["user"], state),
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "slow",
    [
        "SELECT pg_sleep(600)",
        "SELECT count(*) FROM public.sold a, public.sold b, public.sold c, public.sold d,"
        " public.sold e, public.sold f, public.sold g",
    ],
)
def test_a_slow_question_ends_and_another_clients_is_answered_meanwhile(
    postgres: PostgresCluster,
    dsn: str,
    pool: ThreadPoolExecutor,
    slow: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(postgresql._SESSION, "statement_timeout", "1500ms")
    mine = ClientDatabase(dsn)
    with shop_login(postgres) as other_dsn:
        other = ClientDatabase(other_dsn)
        try:
            running = [pool.submit(mine.run, asking(slow)) for _ in range(2)]
            until(lambda: sessions(postgres, dsn, "active") == 2)
            assert other.run(COUNT).rows == ((30,),)
            assert not any(each.done() for each in running)
            for each in running:
                with pytest.raises(SourceUnavailable):
                    each.result(timeout=30)
            assert mine.run(COUNT).rows == ((30,),)
        finally:
            other.close()
            mine.close()


def test_a_locked_table_is_not_waited_for(postgres: PostgresCluster, dsn: str) -> None:
    name = str(conninfo_to_dict(dsn)["dbname"])
    mine = ClientDatabase(dsn)
    try:
        with psycopg.connect(postgres.owner_dsn(name)) as conn:
            conn.execute("LOCK TABLE sold IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(SourceUnavailable):
                mine.run(COUNT)
            # The lock is still held: it was not waited for until it was free.
            assert conn.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        assert mine.run(COUNT).rows == ((30,),)
    finally:
        mine.close()


def test_a_source_holds_so_many_threads_and_no_more(
    postgres: PostgresCluster, dsn: str, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_ROOM_SECONDS", 0.05)
    # Nobody gives up waiting for a connection: that is another guard.
    monkeypatch.setattr(source, "_POOL_SECONDS", 60.0)
    mine = ClientDatabase(dsn, most_waiting=4)
    try:
        asked = [pool.submit(mine.run, asking("SELECT pg_sleep(600)")) for _ in range(12)]
        # Twelve ask, four may wait: the others are told before the first of these ends.
        until(lambda: sum(each.done() for each in asked) >= 8)
        until(lambda: sessions(postgres, dsn, "active") == 2)
        assert not all(each.done() for each in asked)
        for each in asked:
            with pytest.raises(SourceUnavailable):
                each.result(timeout=60)
    finally:
        mine.close()


def test_the_twin_with_room_for_all_they_all_wait(
    postgres: PostgresCluster, dsn: str, pool: ThreadPoolExecutor
) -> None:
    mine = ClientDatabase(dsn, most_waiting=12)
    try:
        asked = [pool.submit(mine.run, asking("SELECT pg_sleep(600)")) for _ in range(12)]
        until(lambda: sessions(postgres, dsn, "active") == 2)
        assert not any(each.done() for each in asked)
        wait(asked)
    finally:
        mine.close()


def test_many_quick_questions_at_once_are_all_answered(dsn: str) -> None:
    mine = ClientDatabase(dsn)
    start = threading.Barrier(40)

    def ask(_: int) -> tuple[object, ...]:
        start.wait()
        return mine.run(COUNT).rows

    try:
        with ThreadPoolExecutor(40) as many:
            assert set(many.map(ask, range(40))) == {((30,),)}
    finally:
        mine.close()


class _Counted(postgresql.PostgreSqlConnector):
    """Counts how often a session is asked for."""

    connects = 0

    def connect(self) -> postgresql._BoundedConnection:
        type(self).connects += 1
        return super().connect()


def test_a_dead_source_is_left_alone_after_some_failures(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PostgreSqlConnector", _Counted)
    monkeypatch.setattr(_Counted, "connects", 0)
    dead = ClientDatabase(make_conninfo(dsn, port="1"))
    try:
        for _ in range(3 * MOST_FAILURES):
            with pytest.raises(SourceUnavailable):
                dead.run(COUNT)
        assert _Counted.connects == MOST_FAILURES
    finally:
        dead.close()


def test_a_statement_that_is_refused_says_nothing_of_the_source(dsn: str) -> None:
    mine = ClientDatabase(dsn)
    try:
        for _ in range(3 * MOST_FAILURES):
            with pytest.raises(SourceUnavailable):
                mine.run(asking("SELECT nothing FROM public.sold"))
        assert mine.run(COUNT).rows == ((30,),)
    finally:
        mine.close()


def test_idle_connections_go_back_but_for_one_in_use(
    postgres: PostgresCluster, dsn: str, pool: ThreadPoolExecutor
) -> None:
    mine = ClientDatabase(dsn)
    try:
        mine.run(COUNT)
        assert sessions(postgres, dsn) == 1
        mine.rest()
        until(lambda: sessions(postgres, dsn) == 0)

        running = pool.submit(mine.run, asking("SELECT pg_sleep(1)"))
        until(lambda: sessions(postgres, dsn, "active") == 1)
        assert mine.idle_seconds == 0
        mine.rest()
        mine.close()
        assert running.result(timeout=30).rows == (("",),)
        # Closed while it was in use: its connections are gone when its last row is read.
        until(lambda: sessions(postgres, dsn) == 0)
        assert mine.idle_seconds > 0
    finally:
        mine.close()


def test_a_lock_of_a_session_does_not_outlive_it_by_a_question(
    postgres: PostgresCluster, dsn: str
) -> None:
    name = str(conninfo_to_dict(dsn)["dbname"])
    mine = ClientDatabase(dsn)
    try:
        mine.run(asking("SELECT pg_advisory_lock(726345)"))
        mine.run(COUNT)
        with psycopg.connect(postgres.owner_dsn(name)) as conn:
            free = conn.execute(sql.SQL("SELECT pg_try_advisory_lock(726345)")).fetchone()
        assert free == (True,)
    finally:
        mine.close()


def test_a_folder_that_is_closed_in_use_leaves_no_copy(
    tmp_path: Path, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, copies = tmp_path / "folder", tmp_path / "copies"
    folder.mkdir()
    copies.mkdir()
    (folder / "sold.csv").write_text("amount\n1\n", encoding="utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    mine = ClientDatabase(f"duckdb:///{folder}", Engine.DUCKDB, (tmp_path,))
    question = asking("SELECT sum(amount) FROM sold")
    assert mine.run(question).rows == ((1,),)
    assert list(copies.iterdir())
    mine.close()
    assert not list(copies.iterdir())
    # Somebody still had it.
    assert mine.run(question).rows == ((1,),)
    assert not list(copies.iterdir())
