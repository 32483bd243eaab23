"""Everything that is held about a person, read a page at a time: whoever reads may be slow, and the
history long.

Each page is one short transaction. What is only made of the rest to find it by is counted, not told:
vectors, and the index of words, which holds no word.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from backend.domain.errors import NotFound
from backend.domain.identity import PersonId, TenantId
from backend.domain.usage import dollars
from backend.store import people
from backend.store.database import Conn, Database
from backend.store.holdings import Holding, held
from backend.store.queries import statements

_SQL = statements("export")

Row = dict[str, Any]
#: A store's name, and some of its rows.
Page = tuple[str, list[Row]]

#: With answers and what tools returned, some hundred kilobytes.
TURNS_AT_ONCE = 20
ROWS_AT_ONCE = 200
#: Made of other rows, for the sake of finding them.
DERIVED = frozenset({"memory_terms", "memory_sizes"})
_LEFT_OUT: Mapping[str, list[str]] = {
    "memories": ["embedding"],
    "errands": ["sealed"],
    "facts": ["terms"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Whose rows are read."""

    tenant_id: TenantId
    person_id: PersonId
    user_id: str

    @property
    def names(self) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "person_id": self.person_id,
            "user_id": self.user_id,
        }


def whom(database: Database, tenant_id: TenantId, user_id: str) -> Exported:
    """Raises NotFound."""
    with database.tenant(tenant_id) as conn:
        asker = people.find(conn, tenant_id, user_id)
    if asker is None:
        raise NotFound("Nobody is called so here")
    return Exported(tenant_id=tenant_id, person_id=asker.person_id, user_id=user_id)


def pages(database: Database, whose: Exported) -> Iterator[Callable[[], list[Page]]]:
    """Calls that each read some more; an empty page of a store says that it was looked at.

    Each call must be made before the next one is asked for.
    """
    tables = held()
    for holding in tables:
        if not holding.is_of_turns:
            yield from _pages_of(database, whose, holding)
    of_turns = [holding for holding in tables if holding.is_of_turns]
    reading = _Turns(database, whose, of_turns)
    while not reading.is_over:
        yield reading.read
    yield lambda: [_usage(database, whose)]


def _pages_of(
    database: Database, whose: Exported, holding: Holding
) -> Iterator[Callable[[], list[Page]]]:
    if holding.table in DERIVED:
        yield lambda: [(holding.table, _counted(database, whose, holding))]
        return
    reading = _Rows(database, whose, holding)
    while not reading.is_over:
        yield reading.read


class _Rows:
    """A table that hangs on the person."""

    def __init__(self, database: Database, whose: Exported, holding: Holding) -> None:
        self._database, self._whose, self._holding = database, whose, holding
        self._last: Row | None = None
        self.is_over = False

    def read(self) -> list[Page]:
        with self._database.tenant(self._whose.tenant_id) as conn:
            key = _key(conn, self._holding)
            statement = _SQL["first" if self._last is None else "next"]
            after: dict[str, object] = {}
            if self._last is not None:
                after = {f"after_{name}": self._last[name] for name in key}
            rows = [
                row["row"]
                for row in conn.execute(
                    _filled(statement, self._holding, key),
                    {**_names(self._whose, self._holding), **after, "limit": ROWS_AT_ONCE},
                )
            ]
        self.is_over = len(rows) < ROWS_AT_ONCE
        self._last = rows[-1] if rows else None
        return [(self._holding.table, rows)]


class _Turns:
    """Turns with all that hangs on them."""

    def __init__(self, database: Database, whose: Exported, holdings: list[Holding]) -> None:
        self._database, self._whose, self._holdings = database, whose, holdings
        self._place: tuple[UUID | None, int] = (None, 0)
        self.is_over = False

    def read(self) -> list[Page]:
        conversation_id, seq = self._place
        with self._database.tenant(self._whose.tenant_id) as conn:
            turns = conn.execute(
                _SQL["turns_after"],
                {
                    **self._whose.names,
                    "conversation_id": conversation_id,
                    "seq": seq,
                    "limit": TURNS_AT_ONCE,
                },
            ).fetchall()
            turn_ids = [turn["id"] for turn in turns]
            found = [self._of_turns(conn, holding, turn_ids) for holding in self._holdings]
        self.is_over = len(turns) < TURNS_AT_ONCE
        if turns:
            self._place = (turns[-1]["conversation_id"], turns[-1]["seq"])
        return found

    def _of_turns(self, conn: Conn, holding: Holding, turn_ids: list[UUID]) -> Page:
        statement = _filled(_SQL["of_turns"], holding, _key(conn, holding))
        names = {**_names(self._whose, holding), "turn_ids": turn_ids}
        return holding.table, [row["row"] for row in conn.execute(statement, names)]


def _counted(database: Database, whose: Exported, holding: Holding) -> list[Row]:
    with database.tenant(whose.tenant_id) as conn:
        return conn.execute(holding.fill(_SQL["count"]), whose.names).fetchall()


def _usage(database: Database, whose: Exported) -> Page:
    with database.tenant(whose.tenant_id) as conn:
        [row] = conn.execute(_SQL["usage"], whose.names).fetchall()
    cost = row.pop("cost_nano")
    return "usage", [{**row, "cost_usd": dollars(cost)}]


def _key(conn: Conn, holding: Holding) -> list[LiteralString]:
    # Names of our own tables' columns.
    return [row["name"] for row in conn.execute(_SQL["key"], {"table": holding.table})]


def _filled(statement: LiteralString, holding: Holding, key: list[LiteralString]) -> LiteralString:
    row = _SQL.get(f"row_{holding.table}", _SQL["row"])
    columns = ", ".join([f"held.{name}" for name in key])
    after = ", ".join([f"%(after_{name})s" for name in key])
    return (
        holding.fill(statement)
        .replace("{row}", row)
        .replace("{key}", columns)
        .replace("{after}", after)
    )


def _names(whose: Exported, holding: Holding) -> dict[str, object]:
    return {**whose.names, "left_out": _LEFT_OUT.get(holding.table, [])}
