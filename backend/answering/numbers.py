"""Find the numbers that a text states, however they are written.

"1.234,56" and "1,234.56" are the same number to a careful reader, and "1.234" may be either of
two; so a written number is the set of values it can mean. A comparison asks whether two sets meet.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

#: Digits with separators inside. Linear: one class, no nesting.
_WRITTEN = re.compile(r"\d[\d.,]*\d|\d|[¼½¾⅓⅔]")
#: "A4", "B2B": a name, not a figure. A longer number behind a letter is one all the same.
_LONGEST_CODE = 3
#: "1. Sudeste", "2) Sul": a mark of a list, if the list runs from one.
_LIST_MARK = re.compile(r"^[ \t*#-]*(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)
#: "doze milhões": a figure in words. What it means is not worked out: nothing supports it.
_SPELT = re.compile(
    r"\b(?:uma?|dois|duas|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|quinze|vinte|trinta"
    r"|quarenta|cinquenta|cem|cento|duzentos|quinhentos|alguns|vários"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty|hundred|several"
    r"|uno|un|dos|tres|cuatro|siete|ocho|nueve|diez|doce|veinte|cien|varios)"
    r"\s{1,3}(?:milh(?:ão|ões)|bilh(?:ão|ões)|million|billion|millón|millones|mil millones|thousand|hundred|mil"
    r"|(?:e|y)\s+(?:meio|meia|medio|media|half)\s+mil\w*)\b"
    r"|\b(?:mil|cento|ciento|hundred)\s{1,3}(?:e\s+|y\s+|and\s+)?"
    r"(?:cem|duzent|trezent|quatrocent|quinhent|seiscent|setecent|oitocent|novecent"
    r"|cien|doscient|trescient|cuatrocient|quinient|seiscient|setecient|ochocient|novecient"
    r"|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|twenty|thirty|forty|fifty)\w*",
    re.IGNORECASE,
)
#: Number words that stand alone before what they count; "um", "uno" and "dos" are other words as well.
_WORDS = {
    "dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8, "nove": 9,
    "dez": 10, "onze": 11, "doze": 12, "quinze": 15, "vinte": 20, "trinta": 30, "quarenta": 40,
    "cinquenta": 50, "sessenta": 60, "setenta": 70, "oitenta": 80, "noventa": 90, "cem": 100,
    "duzentos": 200, "trezentos": 300, "quatrocentos": 400, "quinhentos": 500, "mil": 1000,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "tres": 3, "cuatro": 4, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    "quince": 15, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "ochenta": 80,
    "cien": 100, "doscientos": 200, "trescientos": 300, "quinientos": 500,
}  # fmt: skip
_ONE = {"um": 1, "uma": 1, "un": 1, "uno": 1, "one": 1}
_NUMBER_AND_SCALE = 2
_LAST_WORD = re.compile(r"(?<!\w)(?<!\d )([^\W\d_]+)\s{1,2}$")
_MAGNITUDE = re.compile(
    r"\s{0,2}(mil(?:h(?:ão|ões|ares)|lones|lón|lion)?|million|billion|thousand|bilh(?:ão|ões)|bi|mi|MM|[kKmMB]|bn)\b"
)
_EXACT = Decimal(0)
_POWERS = {
    "mil": 3, "thousand": 3, "k": 3, "milhares": 3,
    "milhão": 6, "milhões": 6, "million": 6, "mm": 6, "b": 9, "bn": 9, "millón": 6, "millones": 6, "mi": 6, "m": 6,
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


def written_numbers(text: str, since: int = 0) -> list[WrittenNumber]:
    """The numbers that a text states from position `since` on, in order.

    What comes before `since` is read too: it tells whether "3." is a list's mark or a figure.
    """
    marks = _list_marks(text)
    found = [
        _number(text, match)
        for match in _WRITTEN.finditer(text)
        if match.start() >= since and match.start() not in marks and not _is_code(text, match)
    ]
    found += [_spelt(match) for match in _SPELT.finditer(text) if match.start() >= since]
    return sorted(found, key=lambda number: number.start)


def _spelt(match: re.Match[str]) -> WrittenNumber:
    """Of "dois milhões" the value; of more words none, which nothing supports."""
    words = match.group().casefold().split()
    count = _ONE.get(words[0]) or _WORDS.get(words[0])
    power = _POWERS.get(words[-1], 0)
    if len(words) != _NUMBER_AND_SCALE or count is None or not power:
        return WrittenNumber(
            text=match.group(), start=match.start(), values=frozenset(), tolerance=_EXACT
        )
    scale = Decimal(10) ** power
    return WrittenNumber(
        text=match.group(),
        start=match.start(),
        values=frozenset({count * scale}),
        tolerance=scale / 2,
    )


def spelt_number(before: str) -> tuple[str, Decimal] | None:
    """The number word that a text ends with: what follows is counted by it."""
    found = _LAST_WORD.search(before[-24:])
    value = _WORDS.get(found[1].casefold()) if found else None
    return (found[1], Decimal(value)) if found and value is not None else None


def _number(text: str, match: re.Match[str]) -> WrittenNumber:
    magnitude = _MAGNITUDE.match(text, match.end())
    power = 0 if magnitude is None else _POWERS.get(magnitude.group(1).casefold(), 0)
    values, tolerance = _readings(match.group()), _EXACT
    if power:
        scale = Decimal(10) ** power
        places = max(-_exponent(value) for value in values)
        tolerance = scale * Decimal(10) ** -places / 2
        values = frozenset(value * scale for value in values)
    return WrittenNumber(
        text=match.group(), start=match.start(), values=values, tolerance=tolerance
    )


def _list_marks(text: str) -> frozenset[int]:
    """Where the marks of lists stand: 1, 2, 3 … down the text, each before some words."""
    marks, expected = set(), 1
    for match in _LIST_MARK.finditer(text):
        number = int(match.group(1))
        if number not in {1, expected}:
            continue
        marks.add(match.start(1))
        expected = number + 1
    return frozenset(marks)


def _is_code(text: str, match: re.Match[str]) -> bool:
    before = text[match.start() - 1 : match.start()]
    digits = sum(letter.isdigit() for letter in match.group())
    return (before.isalpha() or before == "_") and digits <= _LONGEST_CODE


#: A turn reads the same few numbers many times: years, days, the figures of its tool.
@lru_cache(maxsize=2_048)
def _readings(digits: str) -> frozenset[Decimal]:
    """Each way the separators can be read: as groups of thousands, or the last as a decimal mark."""
    if digits in "¼½¾⅓⅔":
        return frozenset({Decimal(str(unicodedata.numeric(digits)))})
    readings: set[Decimal] = set()
    bare = digits.replace(".", "").replace(",", "")
    groups = re.split(r"[.,]", digits)
    if len(groups) == 1 or all(len(group) == 3 for group in groups[1:]):
        readings.add(Decimal(bare))
    if len(groups) > 1:
        mark = max(digits.rfind("."), digits.rfind(","))
        whole = digits[:mark].replace(".", "").replace(",", "")
        readings.add(Decimal(f"{whole}.{digits[mark + 1 :]}"))
    return frozenset(readings)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
