"""Goods that come back: about two lines in a hundred, some days after delivery."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP
from random import Random

from ops.demo.chance import pick, stream
from ops.demo.orders import CENT, PlacedOrder
from ops.demo.rows import OrderLine, Return
from ops.demo.working_days import on_or_after

_RETURNED = 0.02

#: Why goods come back, and the days from delivery within which the playbook accepts it.
ACCEPTED_WITHIN_DAYS = {
    "avaria no transporte": 2,
    "quantidade divergente": 2,
    "produto errado": 7,
    "validade curta": 7,
    "defeito de qualidade": 30,
}
_FREQUENCY = tuple(zip(ACCEPTED_WITHIN_DAYS, (36, 16, 18, 12, 18), strict=True))


def returns_of(
    day: date, seed: int, orders: Iterable[PlacedOrder], today: date
) -> Iterator[Return]:
    """What has come back by today of the orders of one day; a return carries its line's number."""
    chance = stream(seed, "returns", day)
    for order in orders:
        for line in order.lines:
            if not order.cancelled and chance.random() < _RETURNED:
                row = _return(chance, line, order.delivered_on)
                if row.returned_on <= today:
                    yield row


def _return(chance: Random, line: OrderLine, delivered_on: date) -> Return:
    reason = pick(chance, _FREQUENCY)
    noticed = timedelta(days=chance.randint(0, ACCEPTED_WITHIN_DAYS[reason]))
    quantity = chance.randint(1, line.quantity)
    return Return(
        id=line.id,
        order_line_id=line.id,
        returned_on=on_or_after(delivered_on + noticed),
        quantity=quantity,
        amount=(line.amount * quantity / line.quantity).quantize(CENT, ROUND_HALF_UP),
        reason=reason,
    )
