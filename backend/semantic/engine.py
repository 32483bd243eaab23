"""The kinds of databases that a client may keep its sales in."""

from enum import StrEnum


class Engine(StrEnum):
    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"
    MYSQL = "mysql"
    MSSQL = "mssql"


#: Those that we have run our statements on. For the others they are compiled, and no more.
EXECUTED = frozenset({Engine.POSTGRESQL, Engine.SQLITE, Engine.DUCKDB})
