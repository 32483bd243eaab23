"""Periods in a question: single expressions of time, and what joins them to ranges.

What is decided here, since people differ (the answer always says the dates):

- Weeks begin as the company's do, on Monday where it does not say. "This" month, quarter or year
  is the whole of it, the days ahead too.
- "The last N days" end today. "The last N months" (weeks, quarters, years) are the N whole ones
  before the running one, so that the last 1 month is last month.
- A month, quarter or day without a year is the latest that has begun: in November, "December" is
  last year's. So is "from the 10th to the 20th" without a month.
- "Since X" ends today, and so does what is after X. "Until X" alone begins with the data. "Year to
  date" ends today.
- What people would not agree on is not read: "the last days", 3/4 in English, "from 10 to 20",
  "until the middle of March", anything that is all ahead.
"""

from backend.semantic.moment import Moment
from backend.semantic.moment_reader import moment_at
from backend.semantic.named_unit import placed
from backend.semantic.period import Period
from backend.semantic.period_range import RANGES
from backend.semantic.time_words import TimeWords


def period_at(time: TimeWords, start: int) -> tuple[Period, int] | None:
    """The longest period that begins at the word `start`, and where it ends."""
    found = [each for rule in RANGES if (each := rule(time, start))]
    single = moment_at(time, start)
    period = placed(time, single) if single else None
    if single and period:
        found.append(Moment(period=period, end=single.end))
    if not found:
        return None
    longest = max(found, key=lambda moment: moment.end)
    return longest.period, longest.end
