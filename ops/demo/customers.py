"""The customers: who they are, how much they buy, and who serves them on a given day.

The founding ones stand from before the first history that can be told; one or two join every month
since, and some leave. A customer never changes when the company is looked at from a later day,
except for the seller, who is always the present one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.br import cnpj

from ops.demo.chance import pick, stream
from ops.demo.geography import Place, a_place
from ops.demo.names import CompanyName, a_company_name
from ops.demo.rows import Customer
from ops.demo.sellers import SalesPerson

#: New customers join from this day on; everybody else was there before.
FOUNDED_BEFORE = date(2018, 1, 1)

# With one or two joiners a month this makes about 400 customers in 2026.
_FOUNDING = 240

# Three in a hundred leave in a year.
_YEARS_TO_STAY = 33.0

# Shape of the Pareto weights: at 1.2 the strongest fifth brings about seven tenths of the sales.
_CONCENTRATION = 1.2
# One customer must not be the company: the strongest buys this many times as often as the least.
_STRONGEST = 30.0

_SEGMENT_WEIGHTS = (
    ("Restaurantes", 28),
    ("Supermercados", 20),
    ("Hotelaria", 12),
    ("Padarias", 14),
    ("Saúde", 9),
    ("Educação", 8),
    ("Empresas", 9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer, with what the tables do not tell."""

    id: int
    name: CompanyName
    segment: str
    place: Place
    since: date
    left_on: date
    #: How often they buy: 1 for the least.
    weight: float
    #: How much they buy at a time: 1 for the least.
    size: float
    #: The region's sellers, the one who would win this customer first.
    sellers: tuple[SalesPerson, ...]

    def buys_on(self, day: date) -> bool:
        return self.since <= day < self.left_on

    def seller_on(self, day: date) -> SalesPerson:
        return next(seller for seller in self.sellers if seller.employed_on(day))

    def row(self, today: date) -> Customer:
        return Customer(
            id=self.id,
            name=self.name.legal,
            trade_name=self.name.trade,
            cnpj=_cnpj(self.id),
            segment=self.segment,
            city=self.place.city,
            uf=self.place.uf,
            seller_id=self.seller_on(today).id,
            since=self.since,
        )


def accounts(seed: int, team: Sequence[SalesPerson], until: date) -> tuple[Account, ...]:
    """Everyone who became a customer up to this day, in the order of joining."""
    taken: set[str] = set()
    return tuple(
        _account(seed, number, since, team, taken)
        for number, since in enumerate(_arrivals(seed, until), start=1)
        if since <= until
    )


def _arrivals(seed: int, until: date) -> Iterator[date]:
    """The day on which each customer joined, in order."""
    chance = stream(seed, "founding customers")
    span = (FOUNDED_BEFORE - date(2008, 1, 1)).days
    yield from sorted(
        FOUNDED_BEFORE - timedelta(days=chance.randint(1, span)) for _ in range(_FOUNDING)
    )
    month = FOUNDED_BEFORE
    while month <= until:
        chance = stream(seed, "new customers", month)
        joined = sorted(chance.sample(range(28), chance.choice((1, 2))))
        yield from (month + timedelta(days=day) for day in joined)
        month = (month + timedelta(days=31)).replace(day=1)


def _account(
    seed: int, number: int, since: date, team: Sequence[SalesPerson], taken: set[str]
) -> Account:
    chance = stream(seed, "customer", number)
    segment = pick(chance, _SEGMENT_WEIGHTS)
    name = a_company_name(chance, segment)
    while name.trade in taken:
        name = a_company_name(chance, segment)
    taken.add(name.trade)
    place = a_place(chance)
    weight = min(chance.paretovariate(_CONCENTRATION), _STRONGEST)
    stays = timedelta(days=round(365 * chance.expovariate(1 / _YEARS_TO_STAY)))
    return Account(
        id=number,
        name=name,
        segment=segment,
        place=place,
        since=since,
        left_on=max(since, FOUNDED_BEFORE) + max(stays, timedelta(days=120)),
        weight=weight,
        size=weight**0.5,
        sellers=_by_fit(chance, [seller for seller in team if seller.region_id == place.region_id]),
    )


def _by_fit(chance: Random, sellers: Sequence[SalesPerson]) -> tuple[SalesPerson, ...]:
    """The sellers in the order in which they would win this customer: the strong come first more often.

    A seller who joins takes some customers from every colleague, and one who leaves hands theirs
    to many: nobody else's customers move (rendezvous hashing).
    """
    fit = {seller.id: chance.random() ** (1 / seller.strength) for seller in sellers}
    return tuple(sorted(sellers, key=lambda seller: fit[seller.id], reverse=True))


def _cnpj(number: int) -> str:
    """Valid check digits on a root that nobody can mistake: 99 and then the customer's number."""
    base = f"99{number:06d}0001"
    return base + cnpj.calc_check_digits(base)
