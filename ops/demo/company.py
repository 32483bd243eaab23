"""The demo company: three years and more of a Brazilian distributor, told up to "today".

Pure and repeatable: the same day and seed give the same rows, byte for byte. A day that has passed
stays as it was when "today" moves on; only what lives on shows it (an order arrives, a contract
ends, a deal moves, a seller or a customer changes hands).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ops.demo.catalogue import CATEGORIES, catalogue
from ops.demo.clientele import Clientele
from ops.demo.customers import FOUNDED_BEFORE, Account, accounts
from ops.demo.deals import LONGEST_CYCLE, LONGEST_TERM_MONTHS, Deal, deals_opened_on
from ops.demo.demand import shopping_lists
from ops.demo.geography import REGIONS, STATES
from ops.demo.orders import PlacedOrder, Shop, orders_of
from ops.demo.returns import returns_of
from ops.demo.rows import (
    Category,
    Contract,
    Customer,
    Opportunity,
    Order,
    OrderLine,
    Product,
    Region,
    Return,
    Seller,
    State,
)
from ops.demo.sellers import sales_team

NAME = "Distribuidora Serra Clara"

#: Any seed tells a company; this one is the demo's.
DEFAULT_SEED = 42

#: Raised with every change to the rows that a day and seed give: a stored company is then replaced.
GENERATOR = 1

#: The history holds this many whole calendar years before today's, so that years compare.
WHOLE_YEARS = 3

#: The first day that can be "today": before it the founding customers would still be arriving.
EARLIEST_TODAY = FOUNDED_BEFORE.replace(year=FOUNDED_BEFORE.year + WHOLE_YEARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Every row, by table; each table in the order of its ids, which is the order of time."""

    name: str
    generated_for: date
    seed: int
    generator: int
    regions: Sequence[Region]
    states: Sequence[State]
    sellers: Sequence[Seller]
    customers: Sequence[Customer]
    categories: Sequence[Category]
    products: Sequence[Product]
    contracts: Sequence[Contract]
    orders: Sequence[Order]
    order_lines: Sequence[OrderLine]
    returns: Sequence[Return]
    opportunities: Sequence[Opportunity]

    def tables(self) -> dict[str, Sequence[tuple[object, ...]]]:
        """The rows by name of their table, every field in the order of the table's columns."""
        return {
            "company": [(self.name, self.generated_for, self.seed, self.generator)],
            "regions": self.regions,
            "states": self.states,
            "sellers": self.sellers,
            "customers": self.customers,
            "categories": self.categories,
            "products": self.products,
            "contracts": self.contracts,
            "orders": self.orders,
            "order_lines": self.order_lines,
            "returns": self.returns,
            "opportunities": self.opportunities,
        }


def generate(today: date, seed: int = DEFAULT_SEED) -> Company:
    """The company as it stands at the end of `today`; its history begins on a first of January.

    Raises ValueError when today lies before `EARLIEST_TODAY`.
    """
    if today < EARLIEST_TODAY:
        raise ValueError(f"the demo company can be told from {EARLIEST_TODAY} on, not for {today}")
    start = date(today.year - WHOLE_YEARS, 1, 1)
    team = sales_team(seed)
    customers = accounts(seed, team, until=today)
    items = catalogue(seed)
    deals = list(_deals(seed, customers, start, today))
    shop = Shop(
        seed=seed,
        clientele=Clientele(customers, lambda account: account.weight),
        items=items,
        shopping_lists=shopping_lists(items),
        contracts=_signed_by_customer(deals),
    )
    days = [(day, list(orders_of(day, shop))) for day in _days(start, today)]
    orders: list[PlacedOrder] = [order for _, placed in days for order in placed]
    return Company(
        name=NAME,
        generated_for=today,
        seed=seed,
        generator=GENERATOR,
        regions=REGIONS,
        states=STATES,
        sellers=[seller.row(today) for seller in team if seller.hired_on <= today],
        customers=[account.row(today) for account in customers],
        categories=CATEGORIES,
        products=[item.row for item in items],
        contracts=[d.contract(today) for d in deals if d.won and start <= d.closes_on <= today],
        orders=[order.row(today, start) for order in orders],
        order_lines=[line for order in orders for line in order.lines],
        returns=[row for day, placed in days for row in returns_of(day, seed, placed, today)],
        opportunities=[deal.opportunity(today) for deal in deals if deal.closes_on >= start],
    )


def _deals(seed: int, customers: Sequence[Account], start: date, today: date) -> Iterator[Deal]:
    """All deals that the history can see: those too whose contract was in force when it begins."""
    # Deals are spread more evenly than orders: a small customer has contracts too.
    clientele = Clientele(customers, lambda account: account.size)
    first = start - LONGEST_CYCLE - timedelta(days=31 * LONGEST_TERM_MONTHS)
    for day in _days(first, today):
        yield from deals_opened_on(day, seed, clientele)


def _signed_by_customer(deals: Sequence[Deal]) -> dict[int, list[Deal]]:
    signed = defaultdict(list)
    for deal in sorted(deals, key=lambda deal: (deal.closes_on, deal.id)):
        if deal.won:
            signed[deal.account.id].append(deal)
    return signed


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
