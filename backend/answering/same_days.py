"""How the days of a figure stand to a time that is named. Pure."""

from backend.answering.facts import Fact
from backend.answering.mention import Mention

#: The shortest.
_DAYS_OF_A_YEAR = 364


def is_part_of(fact: Fact, period: Mention) -> bool:
    """Whether it is of a few days that may be meant by "the last week of October"."""
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    days = (fact.to_date - fact.from_date).days + 1
    return (
        days <= period.most_days
        and period.from_date <= fact.to_date
        and fact.from_date <= period.to_date
    )


def is_year_of(fact: Fact, period: Mention) -> bool:
    """As in "30% em relação a 2025", of a part of each year."""
    if period.from_date is None or period.to_date is None:
        return False
    is_year = (period.to_date - period.from_date).days >= _DAYS_OF_A_YEAR
    return is_year and lies_in(fact, period)


def is_alike(fact: Fact, period: Mention) -> bool:
    """The same days of any year, the last of February apart."""
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    return (
        (fact.from_date.month, fact.from_date.day) == (period.from_date.month, period.from_date.day)
        and fact.to_date.month == period.to_date.month
        and fact.to_date.year - fact.from_date.year == period.to_date.year - period.from_date.year
        and abs(fact.to_date.day - period.to_date.day) <= 1
    )


def lies_in(fact: Fact, period: Mention) -> bool:
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    return period.from_date <= fact.from_date and fact.to_date <= period.to_date
