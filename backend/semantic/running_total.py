"""Totals that run on: "revenue of the year so far", since the beginning of a month, quarter or year."""

from datetime import date, timedelta

from sqlglot import exp

from backend.domain.sales import Grain, MetricQuery
from backend.semantic.comparison import Distance, days_before
from backend.semantic.dialects.dialect import Dialect
from backend.semantic.model import SemanticModel, Since, WeekStart

_WEEKDAY = {"monday": 0, "sunday": 6, "saturday": 5}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def first_day(grain: Grain, day: date, week_start: WeekStart) -> date:
    """The first day of the period that a day lies in."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.weekday() - _WEEKDAY[week_start]) % 7)
    length = _MONTHS[grain]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def start_of(model: SemanticModel, since: Since, day: date | None) -> date | None:
    """Where the total that holds the day begins. None: at the beginning of time."""
    if since == "always" or day is None:
        return None
    if since == "fiscal_year":
        # As if the year began in January, and back.
        late = model.fiscal_year_start - 1
        start = first_day("year", days_before(day, Distance(months=late)), model.week_start)
        return days_before(start, Distance(months=-late))
    return first_day(since, day, model.week_start)


def first_period(model: SemanticModel, query: MetricQuery) -> date | None:
    """The first row that was asked for; those before it are only added up."""
    if query.grain is None or query.from_date is None:
        return None
    return first_day(query.grain, query.from_date, model.week_start)


def total_key(model: SemanticModel, since: Since, period: exp.Expr, dialect: Dialect) -> exp.Expr:
    """What the periods of one running total have in common."""
    if since == "fiscal_year":
        late = model.fiscal_year_start - 1
        return dialect.first_day("year", dialect.moved(period, months=-late), model.week_start)
    if since == "always":
        raise ValueError("a total since always is one total")
    return dialect.first_day(since, period, model.week_start)
