"""Whether evidence supports a statement: every number in value, unit, sign, member, metric and period,
every direction and every rank. Nothing is added up to fit. Pure.
"""

import re
from collections.abc import Iterator, Sequence

from backend.answering.claims import Claim, claim_of, has_value
from backend.answering.directions import wrong_directions
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.fitting import fits_period
from backend.answering.kinds import fits_kind
from backend.answering.members import fits_members
from backend.answering.metric_of import counted_by, fits_metric
from backend.answering.numbers import WrittenNumber
from backend.answering.portions import wrong_portions
from backend.answering.rank_places import stands_at
from backend.answering.ranks import wrong_ranks
from backend.answering.said import Said, read
from backend.answering.statements import Statement, statements
from backend.answering.tallies import wrong_tallies
from backend.answering.unfigured import wrong_counts, wrong_filters, wrong_ranges, wrong_sizes

#: Says that a figure is the user's, or a bound that they set.
_ASKED = re.compile(
    r"\b(?:metas?|objetivos?|alvo|goals?|targets?|quotas?|cotas?|cuotas?|você|vc|your?|usted|seus?|sua|su"
    r"|cit\w+|mencion\w+|mention\w*|disse|said|pedi[ud]\w*|asked|perguntou|acima|abaixo|mais de|menos de|mais que"
    r"|menos que|more than|less than|over|under|above|below|at least|at most|no máximo|como máximo|filtro|filters?|más de|pelo menos|al menos|entre|between)\b",
    re.IGNORECASE,
)


def faults(text: str, evidence: Evidence, since: int = 0) -> Iterator[tuple[Statement, list[str]]]:
    """The statements from position `since` on that nothing supports, with what is wrong in each."""
    for statement in statements(text):
        if statement.start + len(statement.text) <= since:
            continue
        wrong = list(_wrong(read(statement, evidence), evidence))
        if wrong:
            yield statement, wrong


def _wrong(said: Said, evidence: Evidence) -> Iterator[str]:
    facts = evidence.facts
    matched: list[Fact] = []
    quoted: list[WrittenNumber] = []
    for number in said.numbers:
        claim = claim_of(said.text, number)
        alike = [fact for fact in facts.facts if has_value(claim, fact)]
        fitting = [fact for fact in alike if _fits(said, claim, fact, evidence)]
        if fitting:
            matched.append(fitting[0])
        elif _may_be_quoted(said, claim, alike, evidence):
            quoted.append(number)
        else:
            yield number.text
    if not facts.facts:
        return
    place = said.statement.number
    values = [fact for fact in matched if fact.kind == "value"]
    if place is not None and values and not stands_at(facts, values[0], place):
        yield f"{place}."
    if not said.is_asking:
        yield from wrong_ranks(said, evidence, matched)
        yield from wrong_directions(said, evidence, matched, quoted)
    yield from wrong_counts(said, evidence)
    yield from wrong_sizes(said, evidence)
    yield from wrong_tallies(said, evidence)
    yield from wrong_portions(said, evidence)
    yield from wrong_ranges(said, evidence)
    yield from wrong_filters(said, evidence)


def _may_be_quoted(said: Said, claim: Claim, alike: Sequence[Fact], evidence: Evidence) -> bool:
    """A number that the user, memory, a passage or another tool said.

    Not where it is also a figure of ours, told of the wrong thing; nor does a day or the length
    of a list make an amount.
    """
    has_unit = claim.is_money or claim.is_percent
    if alike and has_unit:
        return False
    counted = counted_by(said, claim.number)
    is_named = any(each.kind in ("member", "metric") for each in said.mentions)
    is_amount = has_unit or counted is not None or (bool(alike) and is_named)
    is_asked = not evidence.facts.facts or _ASKED.search(said.text) is not None
    is_of_sales = bool(evidence.facts.facts) and any(
        each.kind == "metric" for each in said.mentions
    )
    return evidence.heard(
        claim.number,
        as_amount=is_amount,
        as_asked=is_asked,
        named_in=said.text if is_of_sales else None,
    )


def _fits(said: Said, claim: Claim, fact: Fact, evidence: Evidence) -> bool:
    return (
        fits_members(said, fact, claim.number)
        and fits_metric(said, claim, fact, evidence)
        and fits_period(said, claim.number, fact, evidence)
        and fits_kind(said, claim, fact, evidence)
    )
