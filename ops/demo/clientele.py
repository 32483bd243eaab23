"""Who comes through the door: a customer drawn for an order or a deal of a given day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from random import Random

from ops.demo.customers import Account
from ops.demo.demand import regional_trend


@dataclass(frozen=True, slots=True)
class Clientele:
    """The customers of each month, weighed by `weight` and by the trend of their region.

    Weights are kept for a month at a time: computing them for every day would take longer than
    all the rest of the history.
    """

    accounts: Sequence[Account]
    weight: Callable[[Account], float]
    _months: dict[date, tuple[list[Account], list[float]]] = field(default_factory=dict)

    def someone(self, chance: Random, day: date) -> Account:
        """A customer among those who bought on the first of the day's month."""
        month = day.replace(day=1)
        if month not in self._months:
            self._months[month] = self._weigh(month)
        present, cumulative = self._months[month]
        return chance.choices(present, cum_weights=cumulative)[0]

    def _weigh(self, month: date) -> tuple[list[Account], list[float]]:
        present = [account for account in self.accounts if account.buys_on(month)]
        return present, list(
            accumulate(
                self.weight(account) * regional_trend(account.place.region_id, month)
                for account in present
            )
        )
