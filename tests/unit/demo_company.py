"""The demo company on the days that the tests look at, generated once for all of them."""

from datetime import date
from functools import cache

from ops.demo.company import DEFAULT_SEED, Company, generate

TODAY = date(2026, 11, 24)
#: Five weeks later, in a new year: the oldest year has left the history.
LATER = date(2027, 1, 1)


@cache
def told(today: date, seed: int = DEFAULT_SEED) -> Company:
    return generate(today, seed)
