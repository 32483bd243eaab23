"""A client's DuckDB file, or a folder of CSV and Parquet files read as one.

The database is opened read-only, cannot reach another file or the network, and cannot be told to.
A folder is copied into a database of our own first, because reading files is just what a session
may not do; it is copied again when a file has changed.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import duckdb

from backend.semantic.connectors import connector

_BATCH = 200
# One client's question leaves a core to the others.
_THREADS = 1
_MEMORY = "512MB"
#: How a file of the folder is read. `sample_size=-1`: types are told from all rows, not the first.
_READERS = {
    ".csv": "read_csv(?, sample_size=-1)",
    ".parquet": "read_parquet(?)",
}

# For a question that still reads the file as it was before.
_CHANGE_SECONDS = 2.0
#: Of each file: name, inode, time of writing, size.
_Stamp = tuple[tuple[str, int, int, int], ...]

_CONFIG: Mapping[str, str | bool | int] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "threads": _THREADS,
    "memory_limit": _MEMORY,
    "lock_configuration": True,
}


class DuckConnector:
    errors: tuple[type[Exception], ...] = (duckdb.Error, OSError)
    transactional = False

    def __init__(self, path: Path) -> None:
        """`path` is a database, or a folder of *.csv and *.parquet: one table each."""
        self._path = path
        self._lock = threading.Condition()
        #: As what each open session read the place, and which of them are being read.
        self._sessions: WeakKeyDictionary[duckdb.DuckDBPyConnection, _Stamp] = WeakKeyDictionary()
        self._reading: set[int] = set()
        self._copy: Path | None = None
        self._copied_as: _Stamp | None = None

    def connect(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            stamp = _stamp(self._path)
            path = self._copied(stamp) if self._path.is_dir() else self._path
            self._end_those_before(stamp)
            session = duckdb.connect(str(path), read_only=True, config=dict(_CONFIG))
            self._sessions[session] = stamp
            return session

    def is_alive(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Whether it reads what is there now: it goes on with what it was opened on."""
        try:
            return self._sessions.get(connection) == _stamp(self._path)
        except OSError:
            return False

    def rows(
        self, connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object]
    ) -> Iterator[tuple[Any, ...]]:
        watch = threading.Timer(connector.ANSWER_SECONDS, connection.interrupt)
        watch.daemon = True
        with self._lock:
            self._reading.add(id(connection))
        watch.start()
        try:
            result = connection.execute(_one_select(connection, sql), dict(params))
            while batch := result.fetchmany(_BATCH):
                yield from batch
        finally:
            watch.cancel()
            with self._lock:
                self._reading.discard(id(connection))
                self._lock.notify_all()

    def writable(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """There is no login; the file is opened read-only by us."""
        return ()

    def close(self) -> None:
        with self._lock:
            if self._copy is not None:
                shutil.rmtree(self._copy.parent, ignore_errors=True)
                self._copy = None

    def _end_those_before(self, stamp: _Stamp) -> None:
        """DuckDB opens a path once: while a session on the file before is open, others join it."""

        def none_is_read() -> bool:
            return not any(id(each) in self._reading for each in self._old(stamp))

        if not self._lock.wait_for(none_is_read, _CHANGE_SECONDS):
            raise duckdb.IOException("the file before is still being read")
        for session in self._old(stamp):
            session.close()
            del self._sessions[session]

    def _old(self, stamp: _Stamp) -> list[duckdb.DuckDBPyConnection]:
        return [each for each, was in self._sessions.items() if was != stamp]

    def _copied(self, stamp: _Stamp) -> Path:
        """`_lock` is held."""
        if self._copy is None or self._copied_as != stamp:
            # Sessions on the copy before keep it open until they end; its name is gone.
            if self._copy is not None:
                shutil.rmtree(self._copy.parent, ignore_errors=True)
                self._copy = None
            self._copy = _copy(self._path)
            self._copied_as = stamp
        return self._copy


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """What a read-only database still lets pass would stay in the session: a macro, a variable."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise duckdb.PermissionException("not one SELECT")
    return statements[0]


def _copy(folder: Path) -> Path:
    copy = Path(tempfile.mkdtemp(prefix="sales-crew-")) / "folder.duckdb"
    with duckdb.connect(str(copy)) as conn:
        for file in _files(folder):
            name = file.stem.replace('"', '""')
            conn.execute(
                f'CREATE TABLE "{name}" AS SELECT * FROM {_READERS[file.suffix.lower()]}',  # noqa: S608
                [str(file)],
            )
    return copy


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in _READERS)


def _stamp(path: Path) -> _Stamp:
    """Another one when the file was replaced or written, or a file of the folder was."""
    if path.is_dir():
        files = _files(path)
    else:
        # What was written last may still be in the log beside the file.
        log = path.with_name(f"{path.name}.wal")
        files = [path, *([log] if log.exists() else [])]
    stats = ((file.name, file.stat()) for file in files)
    return tuple((name, stat.st_ino, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
