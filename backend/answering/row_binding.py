"""Which names a number in a table's row belongs to: those of its cell, else those over its column, else those
that label its row, else those over the table. Pure.
"""

from collections.abc import Sequence

from backend.answering.binding import Binding
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.times import together


class RowBinding(Binding):
    """`ends` are those of the row's cells; `heads` are the names over each."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        over: Sequence[Mention],
        numbers: Sequence[WrittenNumber],
        *,
        ends: Sequence[tuple[int, int]],
        heads: Sequence[Sequence[Mention]],
    ) -> None:
        super().__init__(text, mentions, over, numbers)
        self._ends, self._heads = ends, heads

    def bound(
        self, kind: str, number: WrittenNumber, dimension: str = "", *, compared: bool = False
    ) -> list[Mention]:
        del compared
        here = _of(self._mentions, kind, dimension)
        own = self._cell(number.start)
        beside = [each for each in here if self._cell(each.start) == own]
        head = _of(self._head(own), kind, dimension)
        if beside:
            return beside
        told = {self._cell(each.start) for each in self._numbers}
        label = [each for each in here if self._cell(each.start) not in told]
        if kind == "period" and head and label:
            return together(head, label)
        return head or label or _of(self._over, kind, dimension)

    def leading(self, kind: str) -> list[Mention]:
        return [each for each in self._mentions if each.kind == kind]

    def times_what_was_before(self, number: WrittenNumber) -> bool:
        """What labels a row tells the time of its own figures, not of those before."""
        own = self._cell(number.start)
        return any(
            each.kind == "period"
            for each in (
                *self._head(own),
                *(each for each in self._mentions if self._cell(each.start) == own),
            )
        )

    def is_beside(self, mention: Mention, number: WrittenNumber) -> bool:
        return True

    def is_compared_with(self, mention: Mention) -> bool:
        return False

    def _cell(self, at: int) -> int:
        return next((n for n, (_, end) in enumerate(self._ends) if at < end), len(self._ends))

    def _head(self, cell: int) -> Sequence[Mention]:
        return self._heads[cell] if cell < len(self._heads) else ()


def _of(mentions: Sequence[Mention], kind: str, dimension: str) -> list[Mention]:
    return [each for each in mentions if each.kind == kind and each.dimension == dimension]
