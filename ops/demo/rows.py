"""The rows of the demo company: one class per table of `schema.sql`, fields in column order.

They are tuples because COPY takes tuples, and because equal rows must compare equal. Identifiers
are English; the values are what a Brazilian company would write.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Region(NamedTuple):
    id: int
    name: str


class State(NamedTuple):
    uf: str
    name: str
    region_id: int


class Seller(NamedTuple):
    id: int
    name: str
    region_id: int
    hired_on: date
    active: bool


class Customer(NamedTuple):
    id: int
    name: str
    trade_name: str
    cnpj: str
    segment: str
    city: str
    uf: str
    seller_id: int
    since: date


class Category(NamedTuple):
    id: int
    name: str


class Product(NamedTuple):
    id: int
    sku: str
    name: str
    category_id: int
    list_price: Decimal
    unit_cost: Decimal


class Contract(NamedTuple):
    id: int
    customer_id: int
    seller_id: int
    signed_on: date
    starts_on: date
    months: int
    monthly_value: Decimal
    total_value: Decimal
    status: str


class Order(NamedTuple):
    id: int
    customer_id: int
    seller_id: int
    contract_id: int | None
    ordered_on: date
    channel: str
    status: str


class OrderLine(NamedTuple):
    id: int
    order_id: int
    product_id: int
    quantity: int
    unit_price: Decimal
    discount: Decimal
    amount: Decimal


class Return(NamedTuple):
    id: int
    order_line_id: int
    returned_on: date
    quantity: int
    amount: Decimal
    reason: str


class Opportunity(NamedTuple):
    id: int
    customer_id: int
    seller_id: int
    stage: str
    amount: Decimal
    opened_on: date
    expected_close_on: date
    closed_on: date | None
