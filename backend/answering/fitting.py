"""Whether a figure is of the time that a statement gives it. Pure."""

import re
from collections.abc import Sequence

from backend.answering.claims import claim_of, has_value
from backend.answering.clauses import FALL, RISE, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact, Facts
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said
from backend.answering.same_days import is_alike, is_part_of, is_year_of, lies_in

#: "Passou de R$ 10 para R$ 12".
_WENT = re.compile(
    r"\b(?:pass(?:ou|aram)|saiu|saíram|went|moved|pas(?:ó|aron)|de|from)\s+(?:de\s+|from\s+)?(?:R\$|US\$|\$|€)?\s?\d",
    re.IGNORECASE,
)
_AGAINST = re.compile(r"\b(?:x|vs\.?|versus|contra|ante|against|frente)\s", re.IGNORECASE)
#: A figure that was read some days ago is still one "until now".
_DAYS_UNTIL_NOW = 7


def fits_period(said: Said, number: WrittenNumber, fact: Fact, evidence: Evidence) -> bool:
    if fact.from_date is None and fact.to_date is None:
        return True
    binding = said.binding
    if fact.kind in ("change", "difference"):
        # "Queda de 5% em outubro" and "Em outubro, ... queda de 5%"; what stands between belongs to
        # the figures that are compared.
        if not _is_against(said, number, fact, evidence):
            return False
        leading = binding.leading("period")
        named = binding.bound("period", number)
        bound = [
            each
            for each in named
            # Of a heading's, all; of the statement's own, those that are beside.
            if each in said.over or each in leading or binding.is_beside(each, number)
        ]
        bound = bound if named else leading
    else:
        bound = binding.bound("period", number, compared=fact.kind == "previous")
        if fact.kind == "previous" and _is_behind_its_own(said, number, fact, evidence):
            return True
        if fact.kind == "previous" and not binding.times_what_was_before(number):
            # Of what was before, neither a list's heading nor a row's label tells the time.
            return True
    return (
        not bound
        or any(
            _is_in(evidence, fact, each, said.years) or _is_end_of(said, evidence.facts, fact, each)
            for each in bound
        )
        or _begins_and_ends(said, fact)
        or _is_one_of_several(said, number, fact, evidence, bound)
    )


def _is_one_of_several(
    said: Said, number: WrittenNumber, fact: Fact, evidence: Evidence, bound: Sequence[Mention]
) -> bool:
    """As in "de julho a outubro: 8%, -2%, 14%": of a series in the time that is told, and another of it is
    told, too.
    """
    series = evidence.facts.series(fact)
    return any(
        not period.relative and _begins_in(fact, period) and _begins_in(other, period)
        for period in bound
        for other in series
        if other is not fact
        and any(
            each is not number and has_value(claim_of(said.text, each), other)
            for each in said.numbers
        )
    )


def _begins_in(fact: Fact, period: Mention) -> bool:
    if fact.from_date is None or period.from_date is None or period.to_date is None:
        return False
    return period.from_date <= fact.from_date <= period.to_date


def _is_behind_its_own(said: Said, number: WrittenNumber, fact: Fact, evidence: Evidence) -> bool:
    """As in "ficou abaixo do segundo: R$ 10 x R$ 12": what it is compared with stands right before, and no
    other time is told between or behind.
    """
    before = [each for each in said.numbers if each.start < number.start]
    return (
        bool(before)
        and _AGAINST.search(said.text[before[-1].start : number.start]) is not None
        and not any(
            each.kind == "period" and each.start > before[-1].start for each in said.mentions
        )
        and any(
            each.kind == "value"
            and (each.metric, each.members, each.table) == (fact.metric, fact.members, fact.table)
            and has_value(claim_of(said.text, before[-1]), each)
            for each in evidence.facts.facts
        )
    )


def _begins_and_ends(said: Said, fact: Fact) -> bool:
    """As in "em novembro, até domingo (22/11)": one time tells its beginning, a day behind it its end."""
    periods = [each for each in said.mentions if each.kind == "period"]
    return any(
        first.from_date == fact.from_date
        and last.from_date == last.to_date == fact.to_date
        and last.start > first.start
        for first in periods
        for last in periods
        if first.from_date is not None and first is not last
    )


def named_in(said: Said, fact: Fact, evidence: Evidence, at: int) -> bool:
    """Whether what is told at this place without a figure may be of the figure's time: every time that
    is named in its clause, or opens the statement, and is not compared with.
    """
    start, end = clause_ends(said.text, said.mentions, at)
    named = [
        each
        for each in said.mentions
        if each.kind == "period" and not said.binding.is_compared_with(each)
    ]
    within = [each for each in named if start <= each.start < end]
    if not within and said.text[:start].endswith(")"):
        # "Outubro (+11%) cresceu".
        within = [each for each in named if each.start < start][-1:]
    bound = within or [each for each in said.binding.leading("period") if each.start < at]
    bound = bound or [each for each in said.over if each.kind == "period"]
    return not bound or any(
        _is_in(evidence, fact, each, said.years) or _is_end_of(said, evidence.facts, fact, each)
        for each in bound
    )


def is_within(fact: Fact, period: Mention, evidence: Evidence) -> bool:
    """Whether the figure's time is the period, or in it."""
    return _is_in(evidence, fact, period, frozenset()) or lies_in(fact, period)


def _is_against(said: Said, number: WrittenNumber, fact: Fact, evidence: Evidence) -> bool:
    """Whether a change is told over the time that it is worked out over: "18% acima de setembro"."""
    before = [
        each
        for each in evidence.facts.facts
        if each.kind == "previous" and each.metric == fact.metric and each.members == fact.members
    ]
    behind = [each.start for each in said.numbers if each.start > number.start]
    until = min(behind, default=len(said.text))
    against = [
        each
        for each in said.mentions
        if each.kind == "period"
        and (said.binding.is_beside(each, number) or number.start < each.start < until)
        and said.binding.is_compared_with(each)
    ]
    return (
        not before
        or not against
        or any(
            _is_in(evidence, each, period, said.years) or is_year_of(each, period)
            for each in before
            for period in against
        )
    )


def _is_in(evidence: Evidence, fact: Fact, period: Mention, years: frozenset[int]) -> bool:
    """Whether the period is the figure's own, or the unit of a series that it alone lies in."""
    facts = evidence.facts
    if period.most_days:
        return is_part_of(fact, period)
    if _is_just(evidence, fact, period):
        return True
    if period.relative:
        if period.later:
            return any(fact is each for each in facts.series(fact)[1:])
        # Of a series, any before the last may be "the week before".
        return fact.kind == "previous" or any(fact is each for each in facts.series(fact)[:-1])
    if period.yearless and not _is_known(facts, fact, period):
        return is_alike(fact, period) and (
            not years or fact.from_date is None or fact.from_date.year in years
        )
    within = [each for each in facts.series(fact) if lies_in(each, period)]
    return len(within) == 1 and within[0] is fact


def _is_just(evidence: Evidence, fact: Fact, period: Mention) -> bool:
    """Whether it is the figure's own; of what was before, "no ano passado" may be one of its months."""
    return (
        (period.from_date, period.to_date) == (fact.from_date, fact.to_date)
        or _runs_until_today(evidence, fact, period)
        or (fact.kind == "previous" and is_year_of(fact, period))
    )


def _runs_until_today(evidence: Evidence, fact: Fact, period: Mention) -> bool:
    """As "neste ano" and "até agora" are, in November, of a figure of January until now, or until December:
    nothing is sold tomorrow.
    """
    today = evidence.today
    if today is None or fact.to_date is None or period.to_date is None:
        return False
    if period.from_date is not None and period.from_date != fact.from_date:
        return False
    if period.to_date == today and period.from_date is not None:
        return (today - fact.to_date).days <= _DAYS_UNTIL_NOW
    return today <= period.to_date and today <= fact.to_date


def _is_end_of(said: Said, facts: Facts, fact: Fact, period: Mention) -> bool:
    """As in "caiu de R$ 10 para R$ 8 entre setembro e outubro": the one's first, the other's last."""
    if not any(words.search(said.text) for words in (RISE, FALL, _WENT)):
        return False
    if facts.series(fact) and len(said.numbers) > 1:
        return fact.from_date == period.from_date or fact.to_date == period.to_date
    other = "value" if fact.kind == "previous" else "previous"
    days = [
        (each.from_date, each.to_date)
        for each in facts.facts
        if each.kind == other and each.metric == fact.metric and each.members == fact.members
    ]
    if fact.kind == "previous":
        return any((fact.from_date, last) == (period.from_date, period.to_date) for _, last in days)
    return any((first, fact.to_date) == (period.from_date, period.to_date) for first, _ in days)


def _is_known(facts: Facts, fact: Fact, period: Mention) -> bool:
    """Whether there are figures of just that time: then no other year is meant."""
    return any(
        (other.from_date, other.to_date) == (period.from_date, period.to_date)
        and other.metric == fact.metric
        for other in facts.facts
    )
