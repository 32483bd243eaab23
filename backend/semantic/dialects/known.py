"""The dialect of each engine."""

from collections.abc import Mapping

from backend.semantic.dialects.compiled_only import MySql, SqlServer
from backend.semantic.dialects.dialect import Dialect
from backend.semantic.dialects.duck import DuckDb
from backend.semantic.dialects.postgresql import PostgreSql
from backend.semantic.dialects.sqlite import Sqlite
from backend.semantic.engine import Engine

DIALECTS: Mapping[Engine, Dialect] = {
    each.engine: each for each in (PostgreSql(), DuckDb(), Sqlite(), MySql(), SqlServer())
}
