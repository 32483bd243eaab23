"""The deals of the sales team, from the first contact to a signed contract or a lost customer.

A deal's whole path is drawn on the day it opens; a later "today" only shows more of it. That is
how the past stays as it was told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from ops.demo.chance import count, pick, stream
from ops.demo.clientele import Clientele
from ops.demo.customers import Account
from ops.demo.demand import activity
from ops.demo.rows import Contract, Opportunity
from ops.demo.sellers import SalesPerson
from ops.demo.working_days import is_working_day, on_or_after

#: No deal takes longer from its opening to its end; then a working day is waited for.
LONGEST_CYCLE = timedelta(days=80)
#: The longest contract.
LONGEST_TERM_MONTHS = 24

# With a bit more than a third of them won, about forty contracts a month.
_DEALS_PER_WORKING_DAY = 4.4
# A seller of average strength wins this share.
_WIN_RATE = 0.36
_CANCELLED_EARLY = 0.07
_TERMS_MONTHS = ((3, 15), (6, 25), (12, 50), (LONGEST_TERM_MONTHS, 10))

_OPEN_STAGES = ("prospecção", "qualificação", "proposta", "negociação")
# What part of a won deal's time has passed when it enters each open stage.
_STAGE_STARTS = (0.0, 0.2, 0.45, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    id: int
    account: Account
    seller: SalesPerson
    opened_on: date
    expected_close_on: date
    closes_on: date
    won: bool
    months: int
    monthly_value: Decimal
    #: The last day of the contract, were it won; earlier than its term when it is cancelled.
    ends_on: date
    cancelled: bool

    @property
    def total_value(self) -> Decimal:
        return self.monthly_value * self.months

    def in_force_on(self, day: date) -> bool:
        return self.won and self.closes_on <= day <= self.ends_on

    def opportunity(self, today: date) -> Opportunity:
        closed = self.closes_on <= today
        return Opportunity(
            id=self.id,
            customer_id=self.account.id,
            seller_id=self.seller.id,
            stage=("ganho" if self.won else "perdido") if closed else self._open_stage(today),
            amount=self.total_value,
            opened_on=self.opened_on,
            expected_close_on=self.expected_close_on,
            closed_on=self.closes_on if closed else None,
        )

    def contract(self, today: date) -> Contract:
        """The contract that was signed when the deal was won; it carries the deal's number."""
        ended = "cancelled" if self.cancelled else "ended"
        return Contract(
            id=self.id,
            customer_id=self.account.id,
            seller_id=self.seller.id,
            signed_on=self.closes_on,
            starts_on=self.closes_on,
            months=self.months,
            monthly_value=self.monthly_value,
            total_value=self.total_value,
            status="active" if today <= self.ends_on else ended,
        )

    def _open_stage(self, today: date) -> str:
        passed = (today - self.opened_on) / (self.closes_on - self.opened_on)
        return [
            stage
            for stage, start in zip(_OPEN_STAGES, _STAGE_STARTS, strict=True)
            if start <= passed
        ][-1]


def deals_opened_on(day: date, seed: int, clientele: Clientele) -> Iterator[Deal]:
    if not is_working_day(day):
        return
    chance = stream(seed, "deals", day)
    for number in range(1, count(chance, _DEALS_PER_WORKING_DAY * activity(day)) + 1):
        yield _deal(chance, int(f"{day:%Y%m%d}{number:03d}"), day, clientele.someone(chance, day))


def _deal(chance: Random, number: int, day: date, account: Account) -> Deal:
    seller = account.seller_on(day)
    won = chance.random() < _WIN_RATE * seller.strength**0.5
    # A deal that is lost is lost sooner.
    longest = LONGEST_CYCLE.days if won else LONGEST_CYCLE.days // 2
    closes_on = on_or_after(day + timedelta(days=chance.randint(8, longest)))
    months = pick(chance, _TERMS_MONTHS)
    term = (_months_later(closes_on, months) - closes_on).days
    cancelled = chance.random() < _CANCELLED_EARLY
    served = chance.randint(30, term - 1)
    return Deal(
        id=number,
        account=account,
        seller=seller,
        opened_on=day,
        expected_close_on=on_or_after(day + timedelta(days=chance.randint(20, 60))),
        closes_on=closes_on,
        won=won,
        months=months,
        monthly_value=Decimal(10 * round(account.size * chance.uniform(25, 125))),
        ends_on=closes_on + timedelta(days=(served if cancelled else term) - 1),
        cancelled=cancelled,
    )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's 28th, if the day is not in every month."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))
