"""Cost per user: from the rows, since no metric ever holds a tenant or a person."""

import re
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard, QueryVariable
from grafana_foundation_sdk.models.dashboard import VariableRefresh, VariableSort

from ops.grafana.panels import (
    LEDGER,
    WHOLE_WIDTH,
    number_of_sql,
    page,
    rows_of_sql,
    series_of_sql,
)

_FILE = Path(__file__).with_name("sql") / "cost_per_user.sql"
_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)

_UNITS = {
    "cost_usd": "currencyUSD",
    "cost_per_turn": "currencyUSD",
    "p95_ms": "ms",
    "turns": "short",
    "llm_calls": "short",
    "input_tokens": "short",
    "cached_input_tokens": "short",
    "output_tokens": "short",
    "unpriced_calls": "short",
}


def cost_per_user() -> Dashboard:
    sql = statements()
    dashboard = page(
        "sales-cost-per-user",
        "Cost per user",
        "What turns cost, from the ledger. A call whose price is unknown is missing from the sums"
        " and counted as unpriced.",
        "now-30d",
    )
    # The database adds up every turn of the time shown: not each half minute, for everyone who looks.
    dashboard.refresh("15m").with_variable(_tenant(sql["tenants"]))
    for title, column, unit in (
        ("Cost", "cost_usd", "currencyUSD"),
        ("Users", "users", "short"),
        ("Cost a user", "cost_per_user", "currencyUSD"),
        ("Turns", "turns", "short"),
        ("Unpriced calls", "unpriced_calls", "short"),
    ):
        dashboard.with_panel(number_of_sql(title, sql["totals"], column, unit))
    # Fills the row, so that what follows begins a new one.
    dashboard.with_panel(number_of_sql("Tokens out", sql["totals"], "output_tokens", "short"))
    dashboard.with_panel(rows_of_sql("Users, dearest first", sql["users"], _UNITS, WHOLE_WIDTH))
    dashboard.with_panel(series_of_sql("By model", sql["days_by_model"], "currencyUSD"))
    dashboard.with_panel(series_of_sql("By tenant", sql["days_by_tenant"], "currencyUSD"))
    dashboard.with_panel(rows_of_sql("Models", sql["models"], _UNITS, WHOLE_WIDTH))
    return dashboard


def statements() -> dict[str, str]:
    """The statements of `sql/cost_per_user.sql` by name, with Grafana's macros as they stand there."""
    _, *parts = _NAME.split(_FILE.read_text(encoding="utf-8"))
    return {
        name: body.strip().removesuffix(";")
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def _tenant(sql: str) -> QueryVariable:
    return (
        QueryVariable("tenant")
        .label("Tenant")
        .datasource(LEDGER)
        .query(sql)
        .multi(True)
        .include_all(True)
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .sort(VariableSort.ALPHABETICAL_ASC)
    )
