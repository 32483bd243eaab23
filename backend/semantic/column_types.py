"""What databases call the types of columns, in the words of a model."""

import re
from collections.abc import Mapping
from typing import get_args

from backend.semantic.model import ColumnType

#: What is in brackets ("varchar(40)", "numeric(14, 2)") says how much fits, not what it is.
_SIZE = re.compile(r"\s*\([\d\s,]*\)")

_WORDS: Mapping[ColumnType, str] = {
    "text": "varchar, character varying, char, character, bpchar, nvarchar, nchar, string, str,"
    " uuid, citext, name, enum, clob",
    "integer": "int, int2, int4, int8, int32, int64, bigint, smallint, tinyint, mediumint, hugeint,"
    " serial, bigserial, smallserial, ubigint, uinteger, usmallint, utinyint, long",
    "number": "numeric, decimal, dec",
    "real": "float4, float32",
    "double": "double precision, float8, float64, float",
    "date": "day",
    "datetime": "timestamp without time zone, datetime2, smalldatetime",
    "timestamp": "timestamptz, timestamp with time zone, datetimeoffset",
    "boolean": "bool, bit",
}
_TYPES: Mapping[str, ColumnType] = {
    **{kind: kind for kind in get_args(ColumnType)},
    **{word.strip(): kind for kind, words in _WORDS.items() for word in words.split(",")},
}


def column_type(written: str) -> ColumnType | None:
    """A type as a model or a database writes it; None for one that is not known.

    `timestamp` alone is the model's own word: a moment with its offset.
    """
    return _TYPES.get(" ".join(_SIZE.sub("", written).lower().split()))
