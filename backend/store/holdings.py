"""What is held about a person, table by table, as `sql/held.sql` lists it.

A new table that hangs on a person is one block there: erasure and export then reach it. A table that
is neither there nor in LEFT_ALONE fails a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from backend.store.queries import statements


@dataclass(frozen=True, slots=True)
class Holding:
    """A table, and the condition that a person's rows in it meet."""

    table: LiteralString
    whose: LiteralString

    @property
    def is_of_turns(self) -> bool:
        """Whether its rows are told by the turns they belong to, some at a time."""
        return "%(turn_ids)s" in self.whose

    def fill(self, statement: LiteralString) -> LiteralString:
        """The statement for this table."""
        return statement.replace("{table}", self.table).replace("{whose}", self.whose)


def held() -> tuple[Holding, ...]:
    """In the order in which they are taken apart: what refers to others comes before them."""
    return tuple(Holding(table, whose) for table, whose in _named().items())


def holding(table: LiteralString) -> Holding:
    return Holding(table, _named()[table])


#: Tables that name a person or a turn, and stay as they are when somebody is erased: why.
LEFT_ALONE: Mapping[str, str] = {
    "erasures": "the receipt: it names nobody once it is done",
    "imports": "counts of what a caller brought, of many people together",
}


def _named() -> dict[LiteralString, LiteralString]:
    # Names and conditions are our own file's, never input.
    return dict(statements("held"))
