"""Why a database cannot be reached, told without what its driver says: that may repeat the login."""

import sqlite3

import duckdb
import psycopg

#: PostgreSQL's SQLSTATE, or the class of it.
_STATES = {
    "28": "the login was refused: wrong user or password",
    "3D": "there is no database of that name",
    "53": "the server has no connection left",
    "57": "the server is starting, stopping or was told to end this session",
}
#: Of connections, of resources, of an operator's hand (time-outs too), of the system.
_OUTAGES = ("08", "53", "57", "58")
_ASKED_WITHOUT_AN_ANSWER = "nobody answers there: wrong host or port, or a firewall between"
_NO_SUCH_HOST = "the host's name is not known"
_NO_ADDRESS = (
    "the DSN cannot be read; write postgresql://user:password@host:port/database,"
    " with signs such as @ or / in the password as %40 or %2F"
)
_NO_FILE = "there is no such file, or it is not a database that can be read"


def reason_of(error: Exception) -> str:
    """One of a few sentences; never the driver's own words."""
    if isinstance(error, sqlite3.Error | duckdb.Error | OSError):
        return _NO_FILE
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        return _NO_ADDRESS
    if isinstance(error, psycopg.Error):
        state = error.sqlstate or _state_in(str(error))
        if state is not None:
            return _STATES.get(state[:2], f"the server refused the session ({state})")
        if "resolve" in str(error) or "not known" in str(error):
            return _NO_SUCH_HOST
    return _ASKED_WITHOUT_AN_ANSWER


def is_outage(error: Exception) -> bool:
    """Whether the database itself is away or at its end, and not only this statement in vain."""
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate
    if state is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return state[:2] in _OUTAGES


def _state_in(words: str) -> str | None:
    """Libpq tells no state of a session that never came to be; the server's own words do."""
    for part, state in (
        ("password authentication failed", "28"),
        ("no password supplied", "28"),
        ("no pg_hba.conf entry", "28"),
        ("role", "28"),
        ("does not exist", "3D"),
        ("too many connections", "53"),
        ("starting up", "57"),
        ("shutting down", "57"),
    ):
        if part in words:
            return state
    return None
