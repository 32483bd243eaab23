"""Find the numbers that a text states, however they are written.

"1.234,56" and "1,234.56" are the same number to a careful reader, and "1.234" may be either of
two; so a written number is the set of values it can mean. A comparison asks whether two sets meet.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

#: Digits with separators inside. Linear: one class, no nesting.
_WRITTEN = re.compile(r"(?<![\w.,])[-−]?\d[\d.,]*\d|(?<![\w.,])[-−]?\d")
_MAGNITUDE = re.compile(
    r"\s{0,2}(mil(?:h(?:ão|ões|ares)|lones|lón|lion)?|million|billion|thousand|bilh(?:ão|ões)|bi|mi|[kKmM])\b"
)
_POWERS = {
    "mil": 3, "thousand": 3, "k": 3, "milhares": 3,
    "milhão": 6, "milhões": 6, "million": 6, "millón": 6, "millones": 6, "mi": 6, "m": 6,
    "bilhão": 9, "bilhões": 9, "billion": 9, "bi": 9,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """A number as it stands in a text, with every value it can mean."""

    text: str
    start: int
    values: frozenset[Decimal]
    #: Half of the last place written: "1,2 milhão" may stand for 1,150,000 to 1,250,000.
    tolerance: Decimal


def written_numbers(text: str) -> list[WrittenNumber]:
    """The numbers of a text in order; list ordinals ("1. …" at a line's start) are none."""
    found: list[WrittenNumber] = []
    for match in _WRITTEN.finditer(text):
        if _is_ordinal(text, match):
            continue
        scale = Decimal(1)
        magnitude = _MAGNITUDE.match(text, match.end())
        if magnitude is not None:
            word = magnitude.group(1).casefold()
            scale = Decimal(10) ** _POWERS.get(word, 0)
        readings = _readings(match.group().replace("−", "-"))
        if scale == 1:
            tolerance = Decimal(0)
        else:
            places = max(-_exponent(value) for value in readings)
            tolerance = scale * Decimal(10) ** -places / 2
        found.append(
            WrittenNumber(
                text=match.group(),
                start=match.start(),
                values=frozenset(abs(value) * scale for value in readings),
                tolerance=tolerance,
            )
        )
    return found


def _is_ordinal(text: str, match: re.Match[str]) -> bool:
    line_start = text.rfind("\n", 0, match.start()) + 1
    before = text[line_start : match.start()].strip(" -*#")
    after = text[match.end() : match.end() + 2]
    return not before and after[:1] in {".", ")", "º", "ª"} and after[1:2] in {" ", ""}


def _readings(digits: str) -> set[Decimal]:
    """Each way the separators can be read: as groups of thousands, or the last as a decimal mark."""
    readings: set[Decimal] = set()
    bare = digits.replace(".", "").replace(",", "")
    groups = re.split(r"[.,]", digits.lstrip("-"))
    if len(groups) == 1 or all(len(group) == 3 for group in groups[1:]):
        readings.add(Decimal(bare))
    if len(groups) > 1:
        mark = max(digits.rfind("."), digits.rfind(","))
        whole = digits[:mark].replace(".", "").replace(",", "")
        readings.add(Decimal(f"{whole}.{digits[mark + 1 :]}"))
    return readings


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
