"""Look for a word everywhere: in every table of the database, and in every key of Redis."""

from collections.abc import Callable
from typing import Any

import psycopg
import redis
from psycopg import sql


def in_postgres(superuser_dsn: str, token: str) -> set[str]:
    """The tables with a row that holds it, whatever the column's type: past every policy."""
    found = set()
    with psycopg.connect(superuser_dsn) as conn:
        tables = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            # A bytea is written in hexadecimal.
            row = conn.execute(
                sql.SQL(
                    "SELECT 1 FROM {} held WHERE strpos(held::text, %(text)s) > 0"
                    " OR strpos(held::text, %(bytes)s) > 0 LIMIT 1"
                ).format(sql.Identifier(table)),
                {"text": token, "bytes": token.encode().hex()},
            ).fetchone()
            if row is not None:
                found.add(table)
    return found


def in_redis(url: str, token: str) -> set[str]:
    """The keys that hold it, in their name or in what they keep."""
    found = set()
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(count=1_000):
            if token.encode() in key or token.encode() in _kept(client, key):
                found.add(key.decode())
    return found


def _kept(client: Any, key: bytes) -> bytes:
    """What is kept under a key, of whatever kind, as bytes to be looked through."""
    read: dict[bytes, Callable[[], Any]] = {
        b"string": lambda: client.get(key),
        b"list": lambda: client.lrange(key, 0, -1),
        b"hash": lambda: client.hgetall(key),
        b"set": lambda: client.smembers(key),
        b"zset": lambda: client.zrange(key, 0, -1, withscores=True),
        b"stream": lambda: client.xrange(key),
        b"none": lambda: b"",
    }
    value = read[client.type(key)]()
    return value if isinstance(value, bytes) else repr(value).encode()
