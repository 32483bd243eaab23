"""The words of a statement that rank: "a maior", "líder", "em segundo lugar", "the fifth-largest". Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.answering.mention import Mention
from backend.semantic.folding import folded

_ORDINAL = (
    r"(primeir[oa]|segund[oa]|terceir[oa]|quart[oa]|quint[oa]|sext[oa]|sétim[oa]|oitav[oa]|non[oa]|décim[oa]"
    r"|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
    r"|primer[oa]?|tercer[oa]?|cuart[oa]|séptim[oa]|octav[oa]|noven[oa]|\d{1,2}\.?[ºª°]|\d{1,2}(?:st|nd|rd|th))"
)
#: How each begins, folded; written digits tell themselves.
_PLACES: Mapping[str, int] = {
    "prim": 1, "firs": 1, "segu": 2, "seco": 2, "terc": 3, "thir": 3, "quar": 4, "cuar": 4, "four": 4,
    "quin": 5, "fift": 5, "sext": 6, "sixt": 6, "seti": 7, "sept": 7, "seve": 7, "oita": 8, "octa": 8, "eigh": 8,
    "nona": 9, "nono": 9, "nint": 9, "nove": 9, "deci": 10, "tent": 10,
}  # fmt: skip
_PLACE = re.compile(
    rf"\b{_ORDINAL}\s+(?:lugar|posição|posición|colocad[oa]|place|position|spot|puesto|na lista|do ranking|del ranking)\b"
    rf"|\b(?:is|was|are|were|came|comes|comes in|came in|ranks?|ranked|placed|\w+ly|in)\s+{_ORDINAL}\b"
    r"(?!\s+(?:quarter|half|month|week|semester|year)|-)"
    r"|(?:#|\bn[ºo°]\.? ?|\bn\.º ?|\bnumber )(\d{1,2})\b"
    r"|(?<=\w )(first|second|third|fourth|fifth|sixth)\s+(?=with\b|at\b|\()"
    rf"|\b(?:em|en)\s+{_ORDINAL}(?=\s*[,;(]|\s+(?:com|con|vem|veio|está|aparece|viene)\b)",
    re.IGNORECASE,
)
#: "O segundo melhor", "the fifth-largest".
_NTH = re.compile(rf"\b{_ORDINAL}(?:\s+|-)$", re.IGNORECASE)
#: "La segunda ciudad en facturación"; "a primeira região a vender" is no rank.
_NTH_OF = re.compile(rf"\b(?:a|o|la|el|the|our|nossa|nosso)\s+{_ORDINAL}\s+$", re.IGNORECASE)
_SECOND = re.compile(
    r"\b(?:vice[- ]?(?:l[íi]der\w*|campe\w+)|runner-up|subcampe\w+)\b",
    re.IGNORECASE,
)
#: "A maior parte" is no rank.
_PART = re.compile(
    r"\s+(?:parte|part|of|caminho|forma|opção|momento|maneira|jeito"
    r"|way|option|time|idea|ideia|a fazer|manera|opción|oportunidade?|oportunidad|opportunity|chance)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?<!vice-)(?<!vice )\b(?:líder|(?!lidera(?:m|ram)\b)lider[aou]\w*|leading|leader|leads?|led|encabez[aó]\w*|campe(?:ã|ão|ón|ona)"
    r"|champion|tops|topped|at the top|no topo|na liderança|strongest|peak(?:ed)?|pico|auge|(?:mais|más) (?:forte|fuerte)"
    r"|(?:mais|más) (?:alt[oa]|elevad[oa])(?!\s+(?:d?[oa] )?(?:que|en|em)\b))\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:(?:em|en|in) (?:últim[oa]|last)(?: lugar| puesto| place)?|últim[oa] (?:lugar|colocad[oa]|puesto)"
    r"|(?:came|comes|ranks|ranked) last|queda(?:n)? últim[oa]|lanterna|at the bottom|weakest|(?:mais|más) (?:frac[oa]|débil)"
    r"|(?:mais|más) (?:baix[oa]|baj[oa])(?!\s+(?:d?[oa] )?(?:que|en|em)\b))\b(?! (?:m[eê]s|semana|a[nñ]o|month))",
    re.IGNORECASE,
)
#: "A região que mais cresceu", "the one that fell the most"; of one, not of several.
CHANGED_MOST = re.compile(
    r"\b(?:(mais|más)|menos)\s+(?:cresceu|caiu|aumentou|subiu|recuou|diminuiu|creció|cayó|aumentó|subió|bajó)\b"
    r"|\b(?:grew|rose|increased|fell|dropped|declined)\s+(?:the\s+)?(?:(most)|least)\b",
    re.IGNORECASE,
)
#: "O canal com mais pedidos".
_HAS_MOST = re.compile(
    r"\b(?:com|con|with|the|tem|teve|tiene|tuvo|(?:quem|que|quien|who|that)\s+[^\W\d_]+)\s+(mais|más|most|menos|fewest|least)\s+",
    re.IGNORECASE,
)
#: The first that "a segunda região" can rank.
_SECOND_PLACE = 2
_LOST = re.compile(r"(?:lost|won|open|closed|cancelled)\s+\w+", re.IGNORECASE)
_MOST = frozenset({"mais", "más", "most"})


@dataclass(frozen=True, slots=True)
class Rank:
    """A word of rank: the best or the worst, or a place counted from 1."""

    start: int
    end: int
    is_best: bool
    place: int | None = None


def ranks(text: str, mentions: Sequence[Mention]) -> Iterator[Rank]:
    """Every word of rank in a statement; those of several ("as maiores") aside."""
    yield from filter(None, (_of_mention(text, each) for each in mentions))
    known = [each for each in mentions if each.kind in ("best", "worst")]
    for found in CHANGED_MOST.finditer(text):
        yield Rank(found.start(), found.end(), bool(found[1] or found[2]))
    for found in _HAS_MOST.finditer(text):
        if any(each.kind == "metric" and each.start == found.end() for each in mentions) or (
            _LOST.match(text, found.end())
        ):
            yield Rank(found.start(1), found.end(1), found[1].casefold() in _MOST)
    for pattern, is_best in ((_LEADS, True), (_LAST, False)):
        for found in pattern.finditer(text):
            if not any(each.start <= found.start() < each.end for each in known):
                yield Rank(found.start(), found.end(), is_best)
    for found in _PLACE.finditer(text):
        yield Rank(found.start(), found.end(), True, _place(found))
    for found in _SECOND.finditer(text):
        yield Rank(found.start(), found.end(), True, 2)


def _of_mention(text: str, mention: Mention) -> Rank | None:
    before = text[: mention.start]
    if mention.kind == "dimension":
        nth = _NTH_OF.search(before)
        place = _place(nth) if nth else None
        if nth is None or place is None or place < _SECOND_PLACE:
            return None
        return Rank(nth.start(1), mention.end, True, place)
    if mention.kind not in ("best", "worst") or _PART.match(text, mention.end):
        return None
    nth = _NTH.search(before)
    if not mention.singular and nth is None:
        return None
    is_best = mention.kind == "best"
    return Rank(mention.start, mention.end, is_best, _place(nth) if nth else None)


def _place(found: re.Match[str]) -> int | None:
    word = next(group for group in found.groups() if group)
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else _PLACES.get(folded(word)[:4])
