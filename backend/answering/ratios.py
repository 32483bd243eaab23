"""Two counts of one and the same: "17 de 35 oportunidades", "26/58", "29 of 64"; and two of rivals: "51 contra 38". Pure."""

import re
from collections.abc import Sequence

from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said

_OF = re.compile(
    r"(?:\s?/\s?|\s+(?:[^\W\d_]+\s+){0,2}?(?:out of|of|d[aeo]s?|de l[ao]s|del?|em|en|sobre)\s+(?:(?:the|um|un|total|de|d?[ao]s|las|los|of|a)\s+){0,3})\**",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:\s[^\W\d_]+)?,?\s+(?:contra|vs\.?|versus|against|to|frente a(?:os)?|ante)\s+(?:(?:os|as|los|las|the|R\$|\$)\s*)?",
    re.IGNORECASE,
)


def is_of_ratio(said: Said, number: WrittenNumber) -> bool:
    """Whether it is one of two whole numbers of which the first is a part of the other."""
    return any(number in pair for pair in _pairs(said, _OF) if _is_part(*pair))


def is_of_rival(said: Said, number: WrittenNumber) -> bool:
    """Whether it is what another number is held against, and nobody is named behind it."""
    return any(
        number is second
        and not any(each.kind == "member" and each.start > second.start for each in said.mentions)
        for _, second in _pairs(said, _AGAINST)
    )


def _pairs(said: Said, between: re.Pattern[str]) -> Sequence[tuple[WrittenNumber, WrittenNumber]]:
    return [
        (one, other)
        for one, other in zip(said.numbers, said.numbers[1:], strict=False)
        if between.fullmatch(said.text[one.start + len(one.text) : other.start])
    ]


def _is_part(first: WrittenNumber, second: WrittenNumber) -> bool:
    if not first.values or not second.values or "," in first.text + second.text:
        return False
    return max(first.values) <= max(second.values)
