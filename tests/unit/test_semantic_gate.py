"""The second lock, tried with statements that the compiler would never make."""

import pytest
import sqlglot
from sqlglot import exp

from backend.domain.sales import MetricQuery
from backend.semantic import compile as compiling
from backend.semantic.compile import compile_query
from backend.semantic.gate import StatementRefused, check_statement
from tests.unit.semantic_model import MODEL

_ORDERS = "sales.orders AS orders"
_CUSTOMERS = "sales.customers AS customers"
_OWN_JOIN = f"LEFT JOIN {_CUSTOMERS} ON orders.customer_id = customers.id"

ACCEPTED = [
    f"SELECT COUNT(*) AS orders FROM {_ORDERS} LIMIT 1",
    f"SELECT COUNT(DISTINCT orders.id) AS n FROM {_ORDERS} {_OWN_JOIN} GROUP BY 1 LIMIT 10",
]

REFUSED = [
    # Not one SELECT.
    "",
    "SELECT",
    "DELETE FROM sales.orders",
    "UPDATE sales.orders SET status = 'x'",
    "TRUNCATE sales.orders",
    "SET statement_timeout = 0",
    "VACUUM",
    "COPY sales.orders TO '/tmp/x'",
    "TABLE sales.orders",
    "SELECT 1; DROP TABLE sales.orders",
    f"SELECT orders.id FROM {_ORDERS} LIMIT 1; SELECT 1",
    "WITH gone AS (DELETE FROM sales.orders RETURNING id) SELECT gone.id FROM gone LIMIT 1",
    f"SELECT orders.id INTO copied FROM {_ORDERS} LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} LIMIT 1 FOR UPDATE",
    f"SELECT orders.id FROM {_ORDERS} UNION ALL SELECT customers.id FROM {_CUSTOMERS} LIMIT 1",
    # Functions.
    "SELECT pg_sleep(10) LIMIT 1",
    f"SELECT pg_read_file(orders.status) FROM {_ORDERS} LIMIT 1",
    f"SELECT set_config('statement_timeout', '0', false) FROM {_ORDERS} LIMIT 1",
    f"SELECT query_to_xml('select 1', true, true, '') FROM {_ORDERS} LIMIT 1",
    f"SELECT generate_series(1, 1000000000) FROM {_ORDERS} LIMIT 1",
    f"SELECT repeat('x', 1000000000) FROM {_ORDERS} LIMIT 1",
    f"SELECT current_user FROM {_ORDERS} LIMIT 1",
    f"SELECT version() FROM {_ORDERS} LIMIT 1",
    f"SELECT row_number() OVER () FROM {_ORDERS} LIMIT 1",
    f"SELECT CAST('sales.orders' AS REGCLASS) FROM {_ORDERS} LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} WHERE orders.status ~ '(a+)+$' LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} HAVING pg_sleep(1) IS NULL LIMIT 1",
    # Tables.
    "SELECT pg_class.relname FROM pg_catalog.pg_class AS pg_class LIMIT 1",
    "SELECT orders.id FROM pg_catalog.pg_class AS orders LIMIT 1",
    "SELECT orders.id FROM orders LIMIT 1",
    "SELECT orders.id FROM public.orders AS orders LIMIT 1",
    "SELECT orders.id FROM other.sales.orders AS orders LIMIT 1",
    f"SELECT orders.id FROM ONLY {_ORDERS} LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} TABLESAMPLE SYSTEM (1) LIMIT 1",
    f"SELECT orders.id FROM (SELECT orders.id FROM {_ORDERS}) AS orders LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} WHERE orders.id IN (SELECT orders.id FROM {_ORDERS}) LIMIT 1",
    f"SELECT (SELECT 1) FROM {_ORDERS} LIMIT 1",
    f"SELECT orders.id FROM {_ORDERS} WHERE EXISTS (SELECT 1) LIMIT 1",
    f"SELECT facts.id FROM (SELECT orders.id FROM {_ORDERS} UNION ALL VALUES (1)) AS facts LIMIT 1",
    # Columns that the model keeps to itself: a customer's CNPJ.
    f"SELECT * FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT customers.* FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT COUNT(customers.*) FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT customers.cnpj FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT cnpj FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT customers.city FROM {_CUSTOMERS} ORDER BY customers.cnpj LIMIT 1",
    f"SELECT customers.city FROM {_CUSTOMERS} ORDER BY cnpj LIMIT 1",
    f"SELECT customers.city AS cnpj FROM {_CUSTOMERS} WHERE cnpj = '1' LIMIT 1",
    "SELECT customers.city FROM sales.customers AS customers (id, trade_name, segment, city) LIMIT 1",
    "SELECT facts.id FROM (SELECT customers.cnpj AS id FROM sales.customers AS customers"
    f" UNION ALL SELECT orders.id AS id FROM {_ORDERS}) AS facts LIMIT 1",
    # Joins that multiply or leave out rows.
    f"SELECT SUM(orders.id) FROM {_ORDERS}, {_CUSTOMERS} LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} CROSS JOIN {_CUSTOMERS} LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} NATURAL JOIN {_CUSTOMERS} LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} LEFT JOIN {_CUSTOMERS} USING (id) LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} LEFT JOIN {_CUSTOMERS} ON 1 = 1 LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} LEFT JOIN {_CUSTOMERS} ON orders.id = customers.id LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} {_OWN_JOIN.removeprefix('LEFT ')} LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} {_OWN_JOIN} {_OWN_JOIN} LIMIT 1",
    f"SELECT SUM(orders.id) FROM {_ORDERS} LEFT JOIN LATERAL (SELECT 1) AS x ON TRUE LIMIT 1",
    f"SELECT SUM(orders.id) FROM ({_ORDERS} CROSS JOIN {_CUSTOMERS}) LIMIT 1",
    f"SELECT SUM(customers.id) FROM {_CUSTOMERS} LEFT JOIN {_ORDERS}"
    " ON orders.customer_id = customers.id LIMIT 1",
    # Rows without end.
    f"SELECT orders.id FROM {_ORDERS}",
    f"SELECT orders.id FROM {_ORDERS} LIMIT 1000000",
    f"SELECT orders.id FROM {_ORDERS} LIMIT ALL",
    f"SELECT orders.id FROM {_ORDERS} LIMIT (SELECT 1)",
    f"SELECT orders.id FROM {_ORDERS} FETCH FIRST 1 ROWS WITH TIES",
    f"SELECT orders.id FROM {_ORDERS} OFFSET 5 LIMIT 1",
    f"SELECT {'(' * 5000}1{')' * 5000} FROM {_ORDERS} LIMIT 1",
]


@pytest.mark.parametrize("sql", ACCEPTED)
def test_a_plain_statement_passes(sql: str) -> None:
    check_statement(MODEL, sql, row_limit=100)


@pytest.mark.parametrize("sql", REFUSED)
def test_a_hostile_statement_is_refused(sql: str) -> None:
    with pytest.raises(StatementRefused):
        check_statement(MODEL, sql, row_limit=100)


#: What a compiler would say that has been talked into more: each is one SELECT with a limit.
TALKED_INTO = [
    f"SELECT customers.cnpj AS revenue FROM {_CUSTOMERS} LIMIT 1",
    f"SELECT SUM(orders.id) AS revenue FROM {_ORDERS} LEFT JOIN {_CUSTOMERS} ON 1 = 1 LIMIT 1",
    f"SELECT orders.id AS revenue FROM {_ORDERS} LIMIT 1000000",
    f"SELECT set_config('statement_timeout', '0', TRUE) AS revenue FROM {_ORDERS} LIMIT 1",
    "SELECT MAX(usename) AS revenue FROM pg_catalog.pg_stat_activity AS orders LIMIT 1",
]


@pytest.mark.parametrize("sql", TALKED_INTO)
def test_every_statement_passes_the_gate(sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = sqlglot.parse_one(sql, dialect="postgres")
    assert isinstance(tree, exp.Select)
    monkeypatch.setattr(compiling, "select_of", lambda *_: tree)

    with pytest.raises(StatementRefused):
        compile_query(MODEL, MetricQuery(metrics=("revenue",)))

    # The twin: without the gate it would be run.
    monkeypatch.setattr(compiling, "check_statement", lambda *_, **__: None)
    assert compile_query(MODEL, MetricQuery(metrics=("revenue",))).sql
