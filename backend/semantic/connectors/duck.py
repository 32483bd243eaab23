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
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._copy: Path | None = None

    def connect(self) -> duckdb.DuckDBPyConnection:
        path = self._copied() if self._path.is_dir() else self._path
        return duckdb.connect(str(path), read_only=True, config=dict(_CONFIG))

    def is_alive(self, connection: duckdb.DuckDBPyConnection) -> bool:
        return not self._path.is_dir() or self._stamp == _stamp(self._path)

    def rows(
        self, connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object]
    ) -> Iterator[tuple[Any, ...]]:
        watch = threading.Timer(connector.ANSWER_SECONDS, connection.interrupt)
        watch.daemon = True
        watch.start()
        try:
            result = connection.execute(_one_select(connection, sql), dict(params))
            while batch := result.fetchmany(_BATCH):
                yield from batch
        finally:
            watch.cancel()

    def writable(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """There is no login; the file is opened read-only by us."""
        return ()

    def close(self) -> None:
        with self._lock:
            if self._copy is not None:
                shutil.rmtree(self._copy.parent, ignore_errors=True)
                self._copy = None

    def _copied(self) -> Path:
        with self._lock:
            stamp = _stamp(self._path)
            if self._copy is None or self._stamp != stamp:
                # Sessions on the copy before keep it open until they end; its name is gone.
                if self._copy is not None:
                    shutil.rmtree(self._copy.parent, ignore_errors=True)
                self._copy = _copy(self._path)
                self._stamp = stamp
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


def _stamp(folder: Path) -> tuple[object, ...]:
    stats = ((file.name, file.stat()) for file in _files(folder))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
