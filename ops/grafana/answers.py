"""Answers: how many, how fast, how true; the tools behind them and the door before them."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from ops.grafana.panels import Line, number, page, series

_ANSWERED = 'sales_turns_total{outcome="answered"}'
_FAILED = 'sales_turns_total{outcome="failed"}'
#: The user was told why; nothing is broken.
_ASKED_FOR = "metric_not_defined|not_permitted|invalid_request|unknown_tool"


def _percentile(share: float, metric: str, *by: str) -> str:
    labels = ", ".join(("le", *by))
    rate = f"rate({metric}_bucket[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({labels}) ({rate}))"


def answers() -> Dashboard:
    dashboard = page(
        "sales-answers", "Answers", "What people asked, and what they were told.", "now-6h"
    )
    _at_a_glance(dashboard)
    _over_time(dashboard)
    _tools(dashboard)
    _door(dashboard)
    return dashboard


def _at_a_glance(dashboard: Dashboard) -> None:
    hour = f"sum(increase({_FAILED}[1h])) / sum(increase(sales_turns_total[1h]))"
    over_hour = "sum by (le) (rate(sales_turn_seconds_bucket[1h]))"
    checked = "sum(increase(sales_answer_corrections_total[1h]))"
    told = f"sum(increase({_ANSWERED}[1h]))"
    for panel in (
        number("Answers in the last hour", told, "short"),
        number("Failed, of the last hour", hour, "percentunit"),
        number("Median time", f"histogram_quantile(0.5, {over_hour})", "s"),
        number("95 of 100 within", f"histogram_quantile(0.95, {over_hour})", "s"),
        number("Drafts corrected", f"{checked} / {told}", "percentunit"),
        number("Open streams and sockets", "sum(sales_event_readers)", "short"),
    ):
        dashboard.with_panel(panel)


def _over_time(dashboard: Dashboard) -> None:
    by_decision = f"sum by (decision) (rate({_ANSWERED}[$__rate_interval])) * 60"
    by_channel = f"sum by (channel) (rate({_ANSWERED}[$__rate_interval])) * 60"
    failures = "sum by (error_type) (rate(sales_turn_failures_total[$__rate_interval])) * 60"
    corrected = "sum(rate(sales_answer_corrections_total[$__rate_interval])) * 60"
    kept = "sum by (outcome) (rate(sales_result_cache_total[$__rate_interval])) * 60"
    dashboard.with_row(Row("Answers"))
    for panel in (
        series("By decision, a minute", Line(by_decision, "{{decision}}"), unit="short"),
        series("By channel, a minute", Line(by_channel, "{{channel}}"), unit="short"),
        series("Rows kept and read, a minute", Line(kept, "{{outcome}}"), unit="short"),
        series(
            "From the question to its answer",
            *(Line(_percentile(p, "sales_turn_seconds"), f"p{p * 100:.0f}") for p in (0.5, 0.95)),
            unit="s",
        ),
        series(
            "95 of 100 within, by decision",
            Line(_percentile(0.95, "sales_turn_seconds", "decision"), "{{decision}}"),
            unit="s",
        ),
        series("Failed, a minute", Line(failures, "{{error_type}}"), unit="short"),
        series(
            "Drafts that the check corrected, a minute",
            Line(corrected, "corrected"),
            unit="short",
            description="A figure without evidence: the tools' own words were told instead.",
        ),
    ):
        dashboard.with_panel(panel)


def _tools(dashboard: Dashboard) -> None:
    metric = "gen_ai_execute_tool_duration_seconds"
    calls = f"rate({metric}_count[$__rate_interval])"
    broken = f'rate({metric}_count{{error_type!~"|{_ASKED_FOR}"}}[$__rate_interval])'
    dashboard.with_row(Row("Tools"))
    for panel in (
        series(
            "Calls a minute",
            Line(f"sum by (gen_ai_tool_name) ({calls}) * 60", "{{gen_ai_tool_name}}"),
            unit="short",
        ),
        series(
            "95 of 100 within",
            Line(_percentile(0.95, metric, "gen_ai_tool_name"), "{{gen_ai_tool_name}}"),
            unit="s",
        ),
        series(
            "Broken, a minute",
            Line(
                f"sum by (gen_ai_tool_name, error_type) ({broken}) * 60",
                "{{gen_ai_tool_name}}: {{error_type}}",
            ),
            unit="short",
        ),
        series(
            "Outcomes a minute",
            Line(f"sum by (error_type) ({calls}) * 60", "{{error_type}}"),
            unit="short",
            description="A line without a name: it worked. Codes: backend/domain/errors.py.",
        ),
    ):
        dashboard.with_panel(panel)


def _door(dashboard: Dashboard) -> None:
    requests = "rate(sales_http_requests_total[$__rate_interval])"
    faults = 'rate(sales_http_requests_total{status=~"5.."}[$__rate_interval])'
    dashboard.with_row(Row("The door"))
    for panel in (
        series(
            "Requests a second", Line(f"sum by (route) ({requests})", "{{route}}"), unit="reqps"
        ),
        series(
            "By status, a second", Line(f"sum by (status) ({requests})", "{{status}}"), unit="reqps"
        ),
        series(
            "95 of 100 within, by route",
            Line(_percentile(0.95, "sales_http_request_seconds", "route"), "{{route}}"),
            unit="s",
            description="/chat waits for its answer; streams last as long as somebody listens.",
        ),
        series(
            "Server errors, of all",
            Line(f"(sum({faults}) or vector(0)) / sum({requests})", "5xx"),
            unit="percentunit",
        ),
    ):
        dashboard.with_panel(panel)
