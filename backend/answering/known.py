"""The names in a statement that its figures tell how to take. Pure.

The vocabulary reads a statement as it would read a question: it may know a product by a longer name than the
tool's table has, take "ha ganado" for the stage of a sale, or "dados até 24/11" for the time of the figures.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from backend.answering.evidence import Evidence
from backend.answering.mention import Mention
from backend.answering.short_names import parts_of_names
from backend.answering.weeks import in_weeks
from backend.semantic.folding import folded

#: Before a participle: it is a verb, and no member.
_AUXILIARY = re.compile(
    r"\b(?:ha|han|hemos|hab[íi]an?|has|have|had|te[mv]e?|têm|tinham?|haviam?|foi|foram|was|were|been|sido|fue|fueron"
    r"|you|we|they|vocês?|nós)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
#: Before a day that tells how old the figures are.
_AS_OF = re.compile(
    r"\b(?:as of|dados|datos|data|base|consult\w+|lid[oa]s?|read|posição|atualizad\w+|actualizad\w+|updated|at[ée]|hasta"
    r"|through|until|up to|hoje|hoy|today)\b[^.!?;:]{0,24}$",
    re.IGNORECASE,
)
#: Before a year that is one of several.
_BEST = re.compile(
    r"\b(?:best|worst|strongest|weakest|biggest|melhor|pior|maior|menor|mejor|peor|mayor|únic[oa]|only)\s$",
    re.IGNORECASE,
)
#: Before the time in which one unit is the best.
_OF_ALL = re.compile(
    r"\b(?:best|worst|strongest|weakest|biggest|highest|lowest|melhor|pior|maior|menor|mejor|peor|mayor|fort[ea]|frac[oa]"
    r"|fuerte|floj[oa]|baix[oa]|alt[oa])\s(?:year|quarter|month|week|day|ano|año|semestre|trimestre|m[êe]s|semana|d[ií]a)?"
    r"\s?(?:d[oae]l?|of|in|n[oa]|en)?(?:\s(?:the|la|el|este|this))?\s?$",
    re.IGNORECASE,
)
#: Folded words for a metric that are said of any.
_LOOSE = frozenset({
    "volume", "volumen", "resultado", "resultados", "results", "numero", "numeros", "total", "valor", "valores", "amount",
    "quantidade", "cantidad", "taxa", "tasa", "rate",
})  # fmt: skip
_UNIT = re.compile(
    r"(?:year|quarter|month|week|day|ano|año|semestre|trimestre|m[êe]s|semana|d[ií]a)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:el|dia|día|the|no|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|s[áa]bado|domingo|lunes|martes|mi[ée]rcoles|jueves"
    r"|viernes|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\s\(?(?:dia\s|día\s)?(\d{1,2})(?:st|nd|rd|th)?\b(?![.,/]?\d)(?!\s?%)",
    re.IGNORECASE,
)


def as_known(text: str, mentions: Sequence[Mention], evidence: Evidence) -> list[Mention]:
    """The mentions, with the members that figures are of found by their whole names."""
    whole = list(_members(text, evidence))
    own = [each for each in whole if not any(_is_inside(each, other) for other in whole)]
    own += list(parts_of_names(text, [*mentions, *own], evidence.facts.members()))
    kept = [
        each
        for each in mentions
        if not _is_read_otherwise(each, own)
        and not _is_verb(text, each, evidence)
        and not _is_age(text, each, evidence)
        and not _is_one_of_all(text, each)
        and not _is_loose(text, each, evidence)
    ]
    own += _days(text, [*kept, *own], evidence)
    kept = in_weeks(
        text, [each for each in kept if not _is_frame(text, each, kept, evidence)], evidence
    )
    found = sorted([*kept, *own], key=lambda each: each.start)
    return [each for each in found if not _is_of_a_namesake(each, found, evidence)]


def _members(text: str, evidence: Evidence) -> Iterator[Mention]:
    said = "".join(map(_bare, text))
    for dimension, members in evidence.facts.members().items():
        for member in members:
            at = said.find(member)
            while at >= 0:
                end = at + len(member)
                if not (said[at - 1 : at].isalnum() or said[end : end + 1].isalnum()):
                    yield Mention(
                        kind="member",
                        start=at,
                        end=end,
                        names=frozenset({member}),
                        dimension=dimension,
                    )
                at = said.find(member, end)


def _is_inside(part: Mention, whole: Mention) -> bool:
    return (
        whole.start <= part.start
        and part.end <= whole.end
        and part.end - part.start < whole.end - whole.start
    )


def _is_frame(text: str, mention: Mention, mentions: Sequence[Mention], evidence: Evidence) -> bool:
    """As in "outubro foi o melhor mês do ano até aqui": all of the time that the figures are of, in which
    another is the best; no figure's own.
    """
    if mention.kind != "period" or mention.from_date is None or mention.to_date is None:
        return False
    if text[mention.start : mention.end].isdigit() or not _OF_ALL.search(text[: mention.start]):
        return False
    timed = [fact for fact in evidence.facts.facts if fact.kind == "value"]
    return any(
        each is not mention and each.kind == "period" and not each.relative for each in mentions
    ) and all(
        fact.from_date is not None
        and fact.to_date is not None
        and mention.from_date <= fact.from_date
        and fact.to_date <= mention.to_date
        for fact in timed
    )


def _is_one_of_all(text: str, mention: Mention) -> bool:
    """As in "the best year so far"."""
    return (
        mention.kind == "period"
        and _UNIT.match(text, mention.start) is not None
        and _BEST.search(text[: mention.start]) is not None
    )


def _days(text: str, found: Sequence[Mention], evidence: Evidence) -> Iterator[Mention]:
    """Days of a series by their number alone: "el 19 hubo 71"."""
    days = {
        fact.from_date
        for fact in evidence.facts.facts
        if fact.from_date and fact.from_date == fact.to_date
    }
    for bare in _DAY.finditer(text) if len(days) > 1 else ():
        meant = [day for day in days if day.day == int(bare[1])]
        if len(meant) == 1 and not any(each.start <= bare.start(1) < each.end for each in found):
            yield Mention(
                kind="period",
                start=bare.start(1),
                end=bare.end(1),
                from_date=meant[0],
                to_date=meant[0],
            )


def _is_of_a_namesake(mention: Mention, found: Sequence[Mention], evidence: Evidence) -> bool:
    """São Paulo is a city and a state: the one that figures are of is meant."""
    known = evidence.facts.members()
    return mention.kind == "member" and any(
        each.kind == "member"
        and each.start == mention.start
        and each.dimension != mention.dimension
        and mention.dimension not in known
        and bool(each.names & known.get(each.dimension, frozenset()))
        for each in found
    )


@cache
def _bare(letter: str) -> str:
    """Folded, and still one letter."""
    return letter if letter.isspace() else (folded(letter) or letter)[:1]


def _is_read_otherwise(mention: Mention, own: Sequence[Mention]) -> bool:
    """Within a member's whole name there is no other name."""
    return any(
        each.start < mention.end
        and mention.start < each.end
        and (
            mention.kind != "member"
            or mention.dimension == each.dimension
            or _is_inside(mention, each)
        )
        and (mention.start, mention.end) != (each.start, each.end)
        and mention.end - mention.start <= each.end - each.start
        for each in own
    ) or any(
        (mention.start, mention.end, mention.dimension) == (each.start, each.end, each.dimension)
        for each in own
    )


def _is_verb(text: str, mention: Mention, evidence: Evidence) -> bool:
    said = text[mention.start : mention.end]
    if mention.kind != "member" or not said.islower() or not said.isalpha():
        return False
    if _AUXILIARY.search(text[: mention.start]):
        return True
    # "Lost" is no sale's stage where nothing is told by stages, and the stage is called otherwise.
    return mention.dimension not in evidence.facts.members() and folded(said) not in mention.names


def _is_loose(text: str, mention: Mention, evidence: Evidence) -> bool:
    """Of whatever is told of: "o volume", where no figure is of units."""
    return (
        mention.kind == "metric"
        and folded(text[mention.start : mention.end]) in _LOOSE
        and not any(fact.metric in mention.names for fact in evidence.facts.facts)
    )


def _is_age(text: str, mention: Mention, evidence: Evidence) -> bool:
    """As in "dados até 24/11", said today: of figures of whichever time."""
    today = evidence.today
    if mention.kind != "period" or today is None or mention.to_date != today:
        return False
    days = (mention.from_date, mention.to_date)
    if any(days == (fact.from_date, fact.to_date) for fact in evidence.facts.facts):
        return False
    if mention.from_date is None:
        return True
    return mention.from_date == today and _AS_OF.search(text[: mention.start]) is not None
