"""How many went which way, told in words: "três regiões cresceram e duas caíram", "two sellers declined". Pure."""

import re
from collections.abc import Iterator, Mapping

from backend.answering.direction_words import FELL, ROSE
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.said import Said
from backend.semantic.folding import folded

_NUMBERS: Mapping[str, int] = {
    "uma": 1, "um": 1, "one": 1, "una": 1, "duas": 2, "dois": 2, "two": 2, "dos": 2, "tres": 3, "three": 3, "quatro": 4,
    "four": 4, "cuatro": 4, "cinco": 5, "five": 5, "seis": 6, "six": 6, "sete": 7, "seven": 7, "siete": 7,
    "oito": 8, "eight": 8, "ocho": 8, "nove": 9, "nine": 9, "nueve": 9, "dez": 10, "ten": 10, "diez": 10,
}  # fmt: skip
#: A number that counts what a verb right behind it, or behind one word, is told of.
_TALLY = re.compile(
    r"(?<![\w.,/$])(?P<number>" + "|".join((*_NUMBERS, "três", r"\d{1,2}")) + r")\s+"
    r"(?:(?:of(?: the| our| your)?|d[ao]s|de l[ao]s|de (?:suas|seus|sus))\s+(?:[^\W_]+\s+)?)?"
    r"(?:(?P<noun>[^\W\d_]+s)\s+)?(?:(?:também|also|también)\s+)?(?P<verb>[^\W\d_]+)\b",
    re.IGNORECASE,
)
_REDUCED = re.compile(
    r"(?:reduziram|diminuíram|redujeron|disminuyeron|bajaron|recuaram|encolheram|retrocederam)",
    re.IGNORECASE,
)
#: "Pelo menos duas", "mais de três"; "as duas que caíram" may have been told of before.
_NOT_EXACT = re.compile(
    r"\b(?:pelo menos|ao menos|al menos|at least|mais de|más de|more than|quase|almost|casi|menos de|less than"
    r"|up to|até|hasta|[oa]s|l[oa]s|the|those|these|outr[ao]s|otr[ao]s|other|d[ao]s|nos|nas|primeir[ao]s|first)\s+$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:[oa]s|l[oa]s|the)\s+$", re.IGNORECASE)
_SPANISH = re.compile(r"(?:[iyj]eron|aron)$", re.IGNORECASE)


def wrong_tallies(said: Said, evidence: Evidence) -> Iterator[str]:
    """The numbers of those who rose or fell that no changes of a table come to."""
    if said.is_asking:
        return
    counts = {way: list(_counts(evidence, way)) for way in (1, -1)}
    for found in _TALLY.finditer(said.text):
        word = folded(found["number"])
        count = int(word) if word.isdigit() else _NUMBERS[word]
        verb = found["verb"]
        way = _way(verb)
        if not way:
            continue
        if _NOT_EXACT.search(said.text[: found.start()]) and not (
            # "Los cuatro vendedores crecieron", of four: all of them.
            _ARTICLE.search(said.text[: found.start()])
            and any(count == total for _, total in counts[way])
        ):
            continue
        if word == "dos" and not _SPANISH.search(verb):
            continue
        noun = found["noun"]
        at = found.start("noun")
        if noun and not any(
            each.kind == "dimension" and each.start <= at < each.end for each in said.mentions
        ):
            continue
        if counts[way] and not any(count == told for told, _ in counts[way]):
            yield found["number"]


def _way(verb: str) -> int:
    if ROSE.fullmatch(verb):
        return 1
    return -1 if FELL.fullmatch(verb) or _REDUCED.fullmatch(verb) else 0


def _counts(evidence: Evidence, way: int) -> Iterator[tuple[int, int]]:
    """For each table by one dimension, each metric and each time: how many went that way, of how many."""
    tables: dict[object, list[Fact]] = {}
    for fact in evidence.facts.facts:
        if fact.kind == "change" and not fact.is_rest:
            key = (fact.table, fact.metric, fact.from_date, fact.to_date)
            tables.setdefault(key, []).append(fact)
    for changes in tables.values():
        varied = [
            dimension
            for dimension in changes[0].members
            if len({fact.members.get(dimension) for fact in changes}) > 1
        ]
        if len(varied) == 1:
            yield sum(1 for fact in changes if fact.value * way > 0), len(changes)
