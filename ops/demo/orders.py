"""The orders of a day, line by line, and when they reach the customer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from ops.demo.catalogue import Item
from ops.demo.chance import count, pick, stream
from ops.demo.clientele import Clientele
from ops.demo.customers import Account
from ops.demo.deals import Deal
from ops.demo.demand import activity
from ops.demo.geography import CENTRO_OESTE, NORDESTE, NORTE, SUDESTE, SUL
from ops.demo.rows import Order, OrderLine
from ops.demo.sellers import SalesPerson
from ops.demo.working_days import working_days_later

#: Nobody in the company may give more; the discount policy of the playbook says who may give what.
HIGHEST_DISCOUNT = Decimal("0.15")
#: Customers with a contract never get less than this on what they order under it.
CONTRACT_DISCOUNT = Decimal("0.03")

CENT = Decimal("0.01")

_ORDERS_PER_WORKING_DAY = 21.0
_CANCELLED = 0.03
# A colleague takes the order when the customer's own seller is away.
_COVERED_BY_COLLEAGUE = 0.04
# Most of what a customer with a contract buys is bought under it.
_UNDER_CONTRACT = 0.7
# Reais on a line of the smallest customer.
_LINE_VALUE = 330

_CHANNELS = (("WhatsApp", 42), ("Portal", 25), ("E-mail", 18), ("Telefone", 15))
_LINES = ((1, 22), (2, 32), (3, 25), (4, 13), (5, 8))

# What sellers give, up to the highest; most stay within their own limit of five percent.
_DISCOUNTS = tuple(Decimal(percent) / 100 for percent in (0, 2, 3, 5, 8, 10, 12, 15))
_STRICT = (52, 16, 12, 14, 3, 2, 1, 0)
_LENIENT = (20, 12, 14, 28, 11, 9, 4, 2)

# Freight and taxes: the list price is that of the Southeast and the South.
_PRICE_TABLE = {
    NORTE: Decimal("1.04"),
    NORDESTE: Decimal("1.02"),
    CENTRO_OESTE: Decimal("1.01"),
    SUDESTE: Decimal(1),
    SUL: Decimal(1),
}
# Shortest and longest delivery in working days.
_TRANSIT = {NORTE: (5, 9), NORDESTE: (3, 7), CENTRO_OESTE: (3, 5), SUDESTE: (1, 3), SUL: (2, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """All that an order is made of besides its day."""

    seed: int
    clientele: Clientele
    items: Sequence[Item]
    shopping_lists: Mapping[tuple[str, int], list[float]]
    #: By customer: the deals that were won, in the order of signing.
    contracts: Mapping[int, Sequence[Deal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    id: int
    account: Account
    seller: SalesPerson
    contract: Deal | None
    ordered_on: date
    delivered_on: date
    channel: str
    cancelled: bool
    lines: tuple[OrderLine, ...]

    def row(self, today: date, history_start: date) -> Order:
        """The order as of today. A contract signed before the history is not in it: no reference."""
        contract = self.contract
        told = contract is not None and contract.closes_on >= history_start
        sent = "entregue" if self.delivered_on <= today else "enviado"
        return Order(
            id=self.id,
            customer_id=self.account.id,
            seller_id=self.seller.id,
            contract_id=contract.id if contract is not None and told else None,
            ordered_on=self.ordered_on,
            channel=self.channel,
            status="cancelado" if self.cancelled else sent,
        )


def orders_of(day: date, shop: Shop) -> Iterator[PlacedOrder]:
    chance = stream(shop.seed, "orders", day)
    for number in range(1, count(chance, _ORDERS_PER_WORKING_DAY * activity(day)) + 1):
        yield _order(chance, int(f"{day:%Y%m%d}{number:03d}"), day, shop)


def _order(chance: Random, number: int, day: date, shop: Shop) -> PlacedOrder:
    account = shop.clientele.someone(chance, day)
    seller = _seller(chance, account, day)
    contract = _contract(chance, shop.contracts.get(account.id, ()), day)
    discount = chance.choices(
        _DISCOUNTS, _LENIENT if chance.random() < seller.leniency else _STRICT
    )[0]
    if contract is not None:
        discount = max(discount, CONTRACT_DISCOUNT)
    return PlacedOrder(
        id=number,
        account=account,
        seller=seller,
        contract=contract,
        ordered_on=day,
        delivered_on=working_days_later(day, chance.randint(*_TRANSIT[account.place.region_id])),
        channel=pick(chance, _CHANNELS),
        cancelled=chance.random() < _CANCELLED,
        lines=tuple(
            _line(chance, number * 100 + position, number, item, account, discount)
            for position, item in enumerate(_basket(chance, account, day, shop), start=1)
        ),
    )


def _seller(chance: Random, account: Account, day: date) -> SalesPerson:
    own = account.seller_on(day)
    if chance.random() >= _COVERED_BY_COLLEAGUE:
        return own
    colleagues = [seller for seller in account.sellers if seller.employed_on(day)]
    return chance.choice(colleagues)


def _contract(chance: Random, signed: Sequence[Deal], day: date) -> Deal | None:
    """The newest contract in force, if the order is placed under one."""
    under_contract = chance.random() < _UNDER_CONTRACT
    in_force = [deal for deal in signed if deal.in_force_on(day)]
    return in_force[-1] if under_contract and in_force else None


def _basket(chance: Random, account: Account, day: date, shop: Shop) -> list[Item]:
    """Different items, as many as the order has lines, by the segment's taste and the season."""
    lines = pick(chance, _LINES)
    weights = shop.shopping_lists[account.segment, day.month]
    basket: list[Item] = []
    while len(basket) < lines:
        item = chance.choices(shop.items, cum_weights=weights)[0]
        if item not in basket:
            basket.append(item)
    return basket


def _line(
    chance: Random, number: int, order_id: int, item: Item, account: Account, discount: Decimal
) -> OrderLine:
    price = (item.row.list_price * _PRICE_TABLE[account.place.region_id]).quantize(
        CENT, ROUND_HALF_UP
    )
    luck = chance.random()
    value = _LINE_VALUE * account.size * (0.3 + 2.4 * luck * luck)
    quantity = max(1, round(value / float(price)))
    return OrderLine(
        id=number,
        order_id=order_id,
        product_id=item.row.id,
        quantity=quantity,
        unit_price=price,
        discount=discount,
        amount=(quantity * price * (1 - discount)).quantize(CENT, ROUND_HALF_UP),
    )
