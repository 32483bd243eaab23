"""Models and money: what calls cost, how long they take, how they fail."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from ops.grafana.panels import Line, number, page, series

_CALLS = "gen_ai_client_operation_duration_seconds"
_MODEL = "gen_ai_request_model"
_NAME = "{{gen_ai_request_model}}"


def models_and_money() -> Dashboard:
    dashboard = page(
        "sales-models-and-money",
        "Models and money",
        "Every call of this installation to a language model. The offline model is none.",
        "now-24h",
    )
    _at_a_glance(dashboard)
    _money(dashboard)
    _calls(dashboard)
    _tokens(dashboard)
    return dashboard


def _at_a_glance(dashboard: Dashboard) -> None:
    cost = "sum(increase(sales_llm_cost_usd_total[{span}]))"
    answers = 'sum(increase(sales_turns_total{outcome="answered"}[1h]))'
    # A failure that never was has no series.
    failed = f'(sum(increase({_CALLS}_count{{error_type!=""}}[1h])) or vector(0))'
    for panel in (
        number("Last hour", cost.format(span="1h"), "currencyUSD"),
        number("Last 24 hours", cost.format(span="24h"), "currencyUSD"),
        number(
            "A month of such days",
            f"{cost.format(span='24h')} * 30",
            "currencyUSD",
            "Thirty times the last 24 hours.",
        ),
        number("An answer, last hour", f"{cost.format(span='1h')} / {answers}", "currencyUSD"),
        number(
            "Calls failed, last hour",
            f"{failed} / sum(increase({_CALLS}_count[1h]))",
            "percentunit",
        ),
        number(
            "Answered and unpriced, 24 hours",
            'sum(increase(sales_llm_unpriced_total{error_type=""}[24h]))',
            "short",
            "Their cost is missing from the sums here: LLM_PRICE_PER_MILLION sets a price.",
        ),
    ):
        dashboard.with_panel(panel)


def _money(dashboard: Dashboard) -> None:
    by_model = f"sum by ({_MODEL}) (rate(sales_llm_cost_usd_total[$__rate_interval])) * 3600"
    answered = 'sum(rate(sales_turns_total{outcome="answered"}[$__rate_interval]))'
    each = f"sum(rate(sales_llm_cost_usd_total[$__rate_interval])) / {answered}"
    dashboard.with_row(Row("Money"))
    dashboard.with_panel(
        series("US$ an hour", Line(by_model, _NAME), unit="currencyUSD", stacked=True)
    )
    dashboard.with_panel(series("US$ an answer", Line(each, "an answer"), unit="currencyUSD"))


def _calls(dashboard: Dashboard) -> None:
    calls = f"rate({_CALLS}_count[$__rate_interval])"
    failed = f'rate({_CALLS}_count{{error_type!=""}}[$__rate_interval])'
    buckets = f"sum by (le, {_MODEL}) (rate({_CALLS}_bucket[$__rate_interval]))"
    first = "rate(gen_ai_client_operation_time_to_first_chunk_seconds_bucket[$__rate_interval])"
    first_by_model = f"sum by (le, {_MODEL}) ({first})"
    retries = "rate(sales_llm_retries_total[$__rate_interval])"
    dashboard.with_row(Row("Calls"))
    for panel in (
        series(
            "By purpose, a minute",
            Line(f"sum by ({_MODEL}, purpose) ({calls}) * 60", f"{_NAME}: {{{{purpose}}}}"),
            unit="short",
        ),
        series(
            "Failed, a minute",
            Line(f"sum by ({_MODEL}, error_type) ({failed}) * 60", f"{_NAME}: {{{{error_type}}}}"),
            unit="short",
        ),
        series(
            "How long they take",
            Line(f"histogram_quantile(0.5, {buckets})", f"{_NAME}: p50"),
            Line(f"histogram_quantile(0.95, {buckets})", f"{_NAME}: p95"),
            unit="s",
        ),
        series(
            "To the first text",
            Line(f"histogram_quantile(0.5, {first_by_model})", f"{_NAME}: p50"),
            Line(f"histogram_quantile(0.95, {first_by_model})", f"{_NAME}: p95"),
            unit="s",
            description="Of answers that somebody watches as they are written.",
        ),
        series(
            "Tried again, a minute",
            Line(f"sum by ({_MODEL}, error_type) ({retries}) * 60", f"{_NAME}: {{{{error_type}}}}"),
            unit="short",
            description="What a provider refused and a later attempt mended.",
        ),
        series(
            "Cost unknown, calls a minute",
            Line(
                "sum by (error_type) (rate(sales_llm_unpriced_total[$__rate_interval])) * 60",
                "{{error_type}}",
            ),
            unit="short",
            description="With a name: the call failed. Without one: the model has no known price.",
        ),
    ):
        dashboard.with_panel(panel)


def _tokens(dashboard: Dashboard) -> None:
    kind = "gen_ai_token_type"
    tokens = "rate(gen_ai_client_token_usage_sum[$__rate_interval])"
    read = 'sum(rate(gen_ai_client_token_usage_sum{gen_ai_token_type="input"}[$__rate_interval]))'
    cached = "sum(rate(sales_llm_cached_input_tokens_total[$__rate_interval]))"
    dashboard.with_row(Row("Tokens"))
    dashboard.with_panel(
        series(
            "A minute",
            Line(f"sum by ({_MODEL}, {kind}) ({tokens}) * 60", f"{_NAME}: {{{{{kind}}}}}"),
            unit="short",
        )
    )
    dashboard.with_panel(
        series(
            "Input that the provider had in its cache",
            Line(f"{cached} / {read}", "cached"),
            unit="percentunit",
        )
    )
