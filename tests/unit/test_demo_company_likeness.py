"""The demo company looks like a Brazilian distributor: its size, its rhythm, its customers."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from ops.demo.company import Company
from ops.demo.rows import Order
from ops.demo.working_days import holidays, is_working_day
from tests.unit.demo_company import TODAY, told


def test_size_and_proportions_are_those_of_a_mid_sized_distributor() -> None:
    company = told(TODAY)
    assert 350 <= len(company.customers) <= 450
    assert len(company.sellers) == 24
    assert sum(seller.active for seller in company.sellers) == 22
    assert len(company.categories) == 8
    assert len(company.products) == 80
    assert 17_000 <= len(company.orders) <= 25_000
    assert 45_000 <= len(company.order_lines) <= 62_000
    assert 1_300 <= len(company.contracts) <= 1_900
    status = Counter(order.status for order in company.orders)
    assert 0.02 < status["cancelado"] / len(company.orders) < 0.04
    assert 0 < status["enviado"] < 300
    assert {order.channel for order in company.orders} == {
        "WhatsApp",
        "E-mail",
        "Telefone",
        "Portal",
    }
    assert {contract.status for contract in company.contracts} == {"active", "ended", "cancelled"}


def test_last_month_and_the_present_one_have_sales_and_contracts() -> None:
    company = told(TODAY)
    revenue = _revenue_by(company, lambda order: f"{order.ordered_on:%Y-%m}")
    contracts = Counter(f"{contract.signed_on:%Y-%m}" for contract in company.contracts)
    assert 800_000 < revenue["2026-10"] < 2_000_000
    assert 500_000 < revenue["2026-11"] < revenue["2026-10"]
    assert 25 < contracts["2026-10"] < 60
    assert 10 < contracts["2026-11"] < 60
    assert any(order.ordered_on == TODAY for order in company.orders)


def test_sales_follow_the_calendar() -> None:
    company = told(TODAY)
    by_day = Counter(order.ordered_on for order in company.orders)
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range((TODAY - date(2023, 1, 1)).days)]
    working = [by_day[day] for day in days if is_working_day(day)]
    saturdays = [by_day[day] for day in days if day.weekday() == 5]
    resting = [by_day[day] for day in days if day in holidays(day.year)]
    usual = sum(working) / len(working)

    assert not any(day.weekday() == 6 for day in by_day)
    assert 0 < sum(saturdays) / len(saturdays) < usual / 4
    assert 0 < sum(resting) / len(resting) < usual / 6
    revenue = _revenue_by(company, lambda order: f"{order.ordered_on:%Y-%m}")
    for year in (2023, 2024, 2025):
        assert revenue[f"{year}-12"] > revenue[f"{year}-01"]
    yearly = _revenue_by(company, lambda order: f"{order.ordered_on:%Y}")
    assert yearly["2023"] < yearly["2024"] < yearly["2025"]


def test_a_fifth_of_the_customers_brings_most_of_the_sales() -> None:
    company = told(TODAY)
    by_customer = sorted(
        _revenue_by(company, lambda order: str(order.customer_id)).values(), reverse=True
    )
    total = sum(by_customer)
    assert 0.6 < sum(by_customer[: len(company.customers) // 5]) / total < 0.9
    assert by_customer[0] / total < Decimal("0.1")
    by_seller = sorted(_revenue_by(company, lambda order: str(order.seller_id)).values())
    assert by_seller[-1] > 4 * by_seller[0]


def _revenue_by(company: Company, key: Callable[[Order], str]) -> dict[str, Decimal]:
    orders = {order.id: order for order in company.orders}
    revenue: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in company.order_lines:
        order = orders[line.order_id]
        if order.status != "cancelado":
            revenue[key(order)] += line.amount
    return revenue
