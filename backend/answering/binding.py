"""Which of the names in a statement a number belongs to. Pure.

"Em outubro foram R$ 10, contra R$ 8 em setembro" names two months and two figures: each figure belongs to
the month of its clause, else to the one that goes on from before. A month that directly follows a figure
is that figure's, and one that something is compared with is no other figure's.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from backend.answering.clauses import COMPARED, clause_ends
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.times import is_year, together

#: May stand between a figure and the name that it belongs to.
_OWNED = re.compile(
    r"(?:\s(?:d[oa]|del?|of)\s(?:the |el |la )?(?:\w+\s){0,2}\w+,\s|[ *]*(?:(?:mil|mi|de|of|em|in|en|d[oa]s?|n[oa]s?|del?|el|la|for|por|para|from|million|milh\w+|pedidos"
    r"|orders|%)\s+){0,3})(?:(?:semana|week)\s+(?:[^\W\d_]+\s+){0,4})?",
    re.IGNORECASE,
)
#: Between a figure and the bracket that tells whose it is: "R$ 1,2 mi (out)".
_SCALE = re.compile(r"[\s*_]*(?:mil|mi|bi|k|m|[mb]il[hl]\w+|thousand|%)?[\s*_]*", re.IGNORECASE)
#: Between a name and its bracket.
_JUST_BEFORE = re.compile(r"[\s*_]*")
#: Right before the figure of an earlier time: "(antes R$ 10)".
_BEFORE = re.compile(
    r"\b(?:antes|before|previously|anterior(?:mente)?|previous|prior|earlier)[\s:=]*(?:(?:de|d[oa]|of|at)\s+)?$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:pass\w+|pas(?:ó|aron)|saiu|saíram|subi\w+|ca(?:iu|íram|yó|yeron)|went|up|down|rose|fell|grew|increas\w+|dropped"
    r"|cresce\w+|creció|bajó|recuou|aument\w+)\s+(?:de|from)$",
    re.IGNORECASE,
)
#: Between names that are told of together: "Sul, Norte e o Sudeste", "de agosto para setembro".
_JOINED = re.compile(
    r"[\s*]*(?:,|,?\s*\b(?:e|y|and|para|to|a|hasta))[\s*]*(?:(?:[oa]s?|el|la|the|em|en|in)\s+)?",
    re.IGNORECASE,
)


class Binding:
    """The names of a statement, and of the heading over it."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        over: Sequence[Mention],
        numbers: Sequence[WrittenNumber],
    ) -> None:
        self._text, self._mentions, self._over, self._numbers = text, mentions, over, numbers

    def bound(
        self, kind: str, number: WrittenNumber, dimension: str = "", *, compared: bool = False
    ) -> list[Mention]:
        """The names of a kind that the number belongs to: it must fit one of them.

        `compared` asks for a figure that others are compared with. Empty where nothing is named.
        """
        here = [
            each for each in self._mentions if each.kind == kind and each.dimension == dimension
        ]
        over = [each for each in self._over if each.kind == kind and each.dimension == dimension]
        if not here:
            return over
        if over and kind == "period" and all(map(is_year, here)):
            # "2025: R$ 10", in a list of October.
            here = [*together(here, over), *here] if len(here) == 1 else here
        certain = self._paired(here, number)
        if kind == "member" and certain is None:
            certain = self._before_bracket(here, number)
        if certain is not None:
            return [certain]
        if not compared:
            here = [each for each in here if not self.is_compared_with(each)]
        start, end = clause_ends(self._text, self._mentions, number.start)
        within = [each for each in here if start <= each.start < end]
        if kind == "member" and within and all(map(self.is_compared_with, within)):
            # "Ficou atrás do Norte: R$ 10 contra R$ 12" is of the one before, too.
            subject = [each for each in here if each.start < within[0].start]
            within = [*subject[-1:], *within]
        own = [each for each in within if self._owner(each) is number]
        own = own or [each for each in within if self._owner(each) is None]
        own = own or [each for each in here if not within and self._owner(each) is number]
        if own:
            return own
        free = [each for each in here if self._owner(each) is None]
        before = [each for each in free if each.start < number.start]
        behind = [each for each in free if each.start > number.start]
        if before and self._is_between(before[-1], number):
            # Another number stands between: a time need not go on, and whoever is named may.
            named = [each for each in here if each.start < number.start]
            return [] if kind == "period" else named
        if kind == "member" and before and self.is_compared_with(before[-1]):
            # "Had fewer than the North (9 vs. 14)": 9 is of whom the North is compared with.
            return [each for each in before if not self.is_compared_with(each)][-1:] + before[-1:]
        return before[-1:] or ([] if kind == "period" and len(self._numbers) > 1 else behind[:1])

    def leading(self, kind: str) -> list[Mention]:
        """The names that open the statement, before any number: "Em outubro, ..."."""
        first = min((number.start for number in self._numbers), default=len(self._text))
        return [
            each
            for each in self._mentions
            if each.kind == kind and each.start < first and not self.is_compared_with(each)
        ]

    def names(self, kind: str) -> bool:
        """Whether the statement itself names one of the kind."""
        return any(each.kind == kind for each in self._mentions)

    def times_what_was_before(self, number: WrittenNumber) -> bool:
        """Whether a time is told for a figure that others are compared with: not in "só agosto ficou
        abaixo: R$ 10 contra R$ 12".
        """
        if not self.names("period"):
            return False
        start, end = clause_ends(self._text, self._mentions, number.start)
        before = self._text[: number.start].rstrip("R$US€ ")
        if _FROM.search(before):
            # "Passou de R$ 10 em setembro para R$ 12".
            start = number.start
            end = min(
                (each.start for each in self._numbers if each.start > number.start), default=end
            )
        elif not (COMPARED.search(before) or _BEFORE.search(before)):
            return True
        return any(each.kind == "period" and start <= each.start < end for each in self._mentions)

    def is_beside(self, mention: Mention, number: WrittenNumber) -> bool:
        """Whether they stand in one clause."""
        start, end = clause_ends(self._text, self._mentions, number.start)
        return start <= mention.start < end

    def is_compared_with(self, mention: Mention) -> bool:
        """As September is in "18% acima de setembro"."""
        return COMPARED.search(self._text[: mention.start]) is not None

    def _before_bracket(self, here: Sequence[Mention], number: WrittenNumber) -> Mention | None:
        """Whose the bracket is that a number stands in: "Bebidas (R$ 10; 4%)", where it names nobody."""
        opened = self._text.rfind("(", 0, number.start)
        closed = self._text.find(")", number.start)
        if opened < 0 or ")" in self._text[opened : number.start]:
            return None
        if any(opened < each.start < (closed if closed > 0 else len(self._text)) for each in here):
            return None
        holders = [each for each in here if each.end <= opened]
        if holders and _JUST_BEFORE.fullmatch(self._text[holders[-1].end : opened]):
            return holders[-1]
        return None

    def _is_between(self, name: Mention, number: WrittenNumber) -> bool:
        return any(name.end <= each.start < number.start for each in self._numbers)

    def _owner(self, mention: Mention) -> WrittenNumber | None:
        """The number that stands right before a name, unless it is compared with that."""
        if self.is_compared_with(mention):
            return None
        for number in self._numbers:
            end = number.start + len(number.text)
            between = self._text[end : max(mention.start, end)]
            if (
                _SCALE.fullmatch(between[:-1])
                and between[-1:] + self._text[mention.end : mention.end + 1] == "()"
            ):
                # "402 (26 de outubro), 377 (2 de novembro)".
                return number
            if end <= mention.start and _OWNED.fullmatch(self._text[end : mention.start]):
                return number
        return None

    def _paired(self, names: Sequence[Mention], number: WrittenNumber) -> Mention | None:
        """As in "Sul e Norte fizeram R$ 10 e R$ 8": as many figures of a unit as names before them."""
        first = {each.start: each for each in names}
        alike = [each for each in self._numbers if self._unit(each) == self._unit(number)]
        if len(first) < 2 or len(alike) != len(first):
            return None
        if max(first) > min(each.start for each in self._numbers):
            return None
        row = sorted(first.values(), key=lambda each: each.start)
        if not all(_JOINED.fullmatch(self._text[a.end : b.start]) for a, b in pairwise(row)):
            return None
        return first[sorted(first)[alike.index(number)]]

    def _unit(self, number: WrittenNumber) -> tuple[bool, bool]:
        end = number.start + len(number.text)
        return (
            self._text[end : end + 1] == "%",
            self._text[: number.start].rstrip().endswith(("$", "€")),
        )
