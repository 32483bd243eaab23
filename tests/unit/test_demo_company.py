"""The demo company is repeatable, stable as days pass, and sound in its references and sums."""

import hashlib
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from stdnum.br import cnpj

from ops.demo.company import DEFAULT_SEED, EARLIEST_TODAY, GENERATOR, Company, generate
from ops.demo.orders import CONTRACT_DISCOUNT, HIGHEST_DISCOUNT
from ops.demo.returns import ACCEPTED_WITHIN_DAYS
from tests.unit.demo_company import LATER, TODAY, told

COMPANIES = [(TODAY, DEFAULT_SEED), (LATER, DEFAULT_SEED), (EARLIEST_TODAY, 7)]

# SHA-256 of every row for TODAY. When the rows change on purpose: raise GENERATOR, put the new one
# here. When they change otherwise, the company is no longer the same on every machine.
GENERATOR_AND_DIGEST = (1, "072059e05ed8f21348a29f3ef955be34c656403780f44112ab7be1cde40e49c6")


@pytest.fixture(params=COMPANIES, ids=lambda param: f"{param[0]}-seed-{param[1]}")
def company(request: pytest.FixtureRequest) -> Company:
    today, seed = request.param
    return told(today, seed)


def test_same_day_and_seed_give_the_same_rows_byte_for_byte() -> None:
    digest = hashlib.sha256()
    for table, rows in told(TODAY).tables().items():
        digest.update(table.encode())
        digest.update("\n".join(map(repr, rows)).encode())
    assert (GENERATOR, digest.hexdigest()) == GENERATOR_AND_DIGEST


def test_another_seed_tells_another_company() -> None:
    ours, other = told(EARLIEST_TODAY), told(EARLIEST_TODAY, 7)
    assert ours.sellers != other.sellers
    assert ours.customers != other.customers
    assert ours.orders != other.orders


def test_a_day_before_the_first_possible_one_is_refused() -> None:
    with pytest.raises(ValueError, match="2021-01-01"):
        generate(EARLIEST_TODAY - timedelta(days=1))


def test_past_orders_stay_as_they_were_when_time_passes() -> None:
    now, later = told(TODAY), told(LATER)
    start = min(order.ordered_on for order in later.orders)
    before = [order for order in now.orders if order.ordered_on >= start]
    after = [order for order in later.orders if order.ordered_on <= TODAY]
    kept = {contract.id for contract in later.contracts}

    # An order arrives, and forgets a contract that was signed before the history: nothing else.
    assert len(before) > 10_000
    assert [
        order._replace(
            status="entregue" if order.status == "enviado" else order.status,
            contract_id=order.contract_id if order.contract_id in kept else None,
        )
        for order in before
    ] == after
    lines = [line for line in later.order_lines if line.order_id <= before[-1].id]
    assert lines == [line for line in now.order_lines if line.order_id >= before[0].id]
    ours, theirs = set(now.returns), set(later.returns)
    assert {row for row in ours if row.id >= lines[0].id} == {
        row for row in theirs if row.returned_on <= TODAY
    }


def test_past_contracts_and_deals_only_move_forward() -> None:
    now, later = told(TODAY), told(LATER)
    contracts = {contract.id: contract for contract in later.contracts}
    start = min(contract.signed_on for contract in later.contracts)
    for contract in now.contracts:
        if contract.signed_on >= start:
            status = contracts[contract.id].status
            assert contract._replace(status=status) == contracts[contract.id]
            assert contract.status in ("active", status)
    assert sum(c.signed_on <= TODAY for c in later.contracts) == sum(
        c.signed_on >= start for c in now.contracts
    )

    deals = {deal.id: deal for deal in later.opportunities}
    for deal in now.opportunities:
        if deal.closed_on is None:
            then = deals[deal.id]
            assert deal == then._replace(stage=deal.stage, closed_on=None)
            assert then.closed_on is None or then.closed_on > TODAY
        elif deal.id in deals:
            assert deals[deal.id] == deal


def test_base_tables_only_grow_at_their_end() -> None:
    now, later = told(TODAY), told(LATER)
    assert now.products == later.products
    assert now.sellers == later.sellers
    assert [row._replace(seller_id=0) for row in now.customers] == [
        row._replace(seller_id=0) for row in later.customers[: len(now.customers)]
    ]
    assert len(later.customers) > len(now.customers)


def test_every_cnpj_is_valid_its_own_and_made_up(company: Company) -> None:
    numbers = [customer.cnpj for customer in company.customers]
    assert all(cnpj.validate(number) == number for number in numbers)
    assert all(number.isdigit() and number.startswith("99") for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_every_reference_leads_to_a_row(company: Company) -> None:
    ids = {
        table: {row[0] for row in rows}
        for table, rows in company.tables().items()
        if table != "company"
    }
    for table, rows in company.tables().items():
        assert table == "company" or len(ids[table]) == len(rows), f"{table} repeats an id"
    for table, column, target in (
        ("states", "region_id", "regions"),
        ("sellers", "region_id", "regions"),
        ("customers", "uf", "states"),
        ("customers", "seller_id", "sellers"),
        ("products", "category_id", "categories"),
        ("contracts", "customer_id", "customers"),
        ("contracts", "seller_id", "sellers"),
        ("orders", "customer_id", "customers"),
        ("orders", "seller_id", "sellers"),
        ("order_lines", "order_id", "orders"),
        ("order_lines", "product_id", "products"),
        ("returns", "order_line_id", "order_lines"),
        ("opportunities", "customer_id", "customers"),
        ("opportunities", "seller_id", "sellers"),
    ):
        for row in company.tables()[table]:
            assert getattr(row, column) in ids[target], (table, row)
    under_contract = [order for order in company.orders if order.contract_id is not None]
    assert under_contract
    assert {order.contract_id for order in under_contract} <= ids["contracts"]
    assert {line.order_id for line in company.order_lines} == ids["orders"]


def test_names_that_people_ask_by_are_unique(company: Company) -> None:
    for names in (
        [row.name for row in company.sellers],
        [row.name for row in company.customers],
        [row.trade_name for row in company.customers],
        [row.name for row in company.products],
        [row.sku for row in company.products],
    ):
        assert len(set(names)) == len(names)


def test_amounts_follow_from_quantity_price_and_discount(company: Company) -> None:
    cent = Decimal("0.01")
    for line in company.order_lines:
        exact = line.quantity * line.unit_price * (1 - line.discount)
        assert line.amount == exact.quantize(cent, ROUND_HALF_UP) > 0
        assert 0 <= line.discount <= HIGHEST_DISCOUNT
        assert line.quantity > 0
    for contract in company.contracts:
        assert contract.total_value == contract.months * contract.monthly_value > 0
    for product in company.products:
        assert 0 < product.unit_cost < product.list_price


def test_a_seller_sells_in_their_region_while_employed(company: Company) -> None:
    region_of_state = {state.uf: state.region_id for state in company.states}
    region = {row.id: region_of_state[row.uf] for row in company.customers}
    sellers = {row.id: row for row in company.sellers}
    assert all(sellers[row.seller_id].active for row in company.customers)
    for order in company.orders:
        seller = sellers[order.seller_id]
        assert seller.region_id == region[order.customer_id]
        assert seller.hired_on <= order.ordered_on
    gone = {seller.id for seller in company.sellers if not seller.active}
    season = company.generated_for - timedelta(days=90)
    assert not [o for o in company.orders if o.seller_id in gone and o.ordered_on > season]


def test_orders_come_after_the_customer_and_under_a_contract_of_theirs(company: Company) -> None:
    since = {customer.id: customer.since for customer in company.customers}
    contracts = {contract.id: contract for contract in company.contracts}
    discount = {line.order_id: line.discount for line in company.order_lines}
    for order in company.orders:
        assert since[order.customer_id] <= order.ordered_on
        if order.contract_id is not None:
            contract = contracts[order.contract_id]
            assert contract.customer_id == order.customer_id
            assert contract.starts_on <= order.ordered_on
            assert discount[order.id] >= CONTRACT_DISCOUNT


def test_returns_are_part_of_what_was_delivered(company: Company) -> None:
    lines = {line.id: line for line in company.order_lines}
    orders = {order.id: order for order in company.orders}
    for row in company.returns:
        line = lines[row.order_line_id]
        order = orders[line.order_id]
        assert order.status == "entregue"
        assert order.ordered_on < row.returned_on
        assert 0 < row.quantity <= line.quantity
        assert 0 < row.amount <= line.amount
        assert row.reason in ACCEPTED_WITHIN_DAYS
        if row.quantity == line.quantity:
            assert row.amount == line.amount
    assert 0.013 < len(company.returns) / len(company.order_lines) < 0.027


def test_every_contract_is_a_deal_that_was_won(company: Company) -> None:
    won = {
        (deal.id, deal.customer_id, deal.seller_id, deal.closed_on, deal.amount)
        for deal in company.opportunities
        if deal.stage == "ganho"
    }
    signed = {
        (row.id, row.customer_id, row.seller_id, row.signed_on, row.total_value)
        for row in company.contracts
    }
    assert won == signed


def test_open_deals_are_recent_and_in_every_stage(company: Company) -> None:
    open_deals = [deal for deal in company.opportunities if deal.closed_on is None]
    assert {deal.stage for deal in open_deals} == {
        "prospecção",
        "qualificação",
        "proposta",
        "negociação",
    }
    assert all((company.generated_for - deal.opened_on).days <= 90 for deal in open_deals)
    closed = [deal for deal in company.opportunities if deal.closed_on is not None]
    assert {deal.stage for deal in closed} == {"ganho", "perdido"}
    assert 0.25 < sum(deal.stage == "ganho" for deal in closed) / len(closed) < 0.5


def test_nothing_is_dated_in_the_future_but_expectations(company: Company) -> None:
    today = company.generated_for
    for table, rows in company.tables().items():
        for row in rows:
            dates = [
                value
                for column, value in zip(getattr(row, "_fields", row), row, strict=True)
                if isinstance(value, date) and column != "expected_close_on"
            ]
            assert all(day <= today for day in dates), (table, row)
    assert any(deal.expected_close_on > today for deal in company.opportunities)


def test_history_is_three_whole_years_and_the_present_one(company: Company) -> None:
    today = company.generated_for
    first = min(order.ordered_on for order in company.orders)
    assert date(today.year - 3, 1, 1) <= first < date(today.year - 3, 1, 8)
    months = {(order.ordered_on.year, order.ordered_on.month) for order in company.orders}
    assert len(months) >= 36
