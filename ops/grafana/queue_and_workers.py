"""Queue and workers: what waits, since when, who works on it, and what all of it stands on."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from ops.grafana.panels import Line, number, page, series


def queue_and_workers() -> Dashboard:
    dashboard = page(
        "sales-queue-and-workers",
        "Queue and workers",
        "The queue is told from the rows in Postgres, which are the truth.",
        "now-6h",
    )
    _at_a_glance(dashboard)
    _queue(dashboard)
    _work(dashboard)
    _processes(dashboard)
    return dashboard


def _at_a_glance(dashboard: Dashboard) -> None:
    for panel in (
        number("APIs up", 'sum(up{job="api"})', "short"),
        number("Workers up", 'sum(up{job="worker"})', "short"),
        number("Postgres", 'min(sales_dependency_up{dependency="postgres"})', "bool_on_off"),
        number("Redis", 'min(sales_dependency_up{dependency="redis"})', "bool_on_off"),
        number("Oldest question waits", 'max(sales_task_oldest_seconds{lane="interactive"})', "s"),
        number(
            "Given up, still listed",
            'max(sum by (instance) (sales_tasks{state="failed"})) or vector(0)',
            "short",
        ),
    ):
        dashboard.with_panel(panel)


def _queue(dashboard: Dashboard) -> None:
    # Every API tells the same rows: the largest is one of them, the sum would count twice.
    depth = "max by (lane, state) (sum by (instance, lane, state) (sales_tasks))"
    wait = "sum by (le) (rate(sales_turn_wait_seconds_bucket[$__rate_interval]))"
    done = "sum by (kind, outcome) (rate(sales_tasks_done_total[$__rate_interval])) * 60"
    swept = "sum by (action) (rate(sales_tasks_swept_total[$__rate_interval])) * 60"
    dashboard.with_row(Row("Queue"))
    for panel in (
        series(
            "Tasks",
            Line(depth, "{{lane}}: {{state}}"),
            unit="short",
            description="Where a line has a gap there are none.",
        ),
        series(
            "Oldest waits", Line("max by (lane) (sales_task_oldest_seconds)", "{{lane}}"), unit="s"
        ),
        series(
            "From the question to its claim",
            *(Line(f"histogram_quantile({p}, {wait})", f"p{p * 100:.0f}") for p in (0.5, 0.95)),
            unit="s",
        ),
        series(
            "Attempts a minute, by outcome",
            Line(done, "{{kind}}: {{outcome}}"),
            unit="short",
        ),
        series(
            "The sweeper, a minute",
            Line(swept, "{{action}}"),
            unit="short",
            description="expired: a worker fell silent. exhausted: a turn was given up. rung: Redis"
            " had forgotten a ring.",
        ),
    ):
        dashboard.with_panel(panel)


def _work(dashboard: Dashboard) -> None:
    recall = "sum by (le) (rate(sales_recall_seconds_bucket[$__rate_interval]))"
    dashboard.with_panel(
        series(
            "Tasks in work", Line('sales_tasks_running{job="worker"}', "{{instance}}"), unit="short"
        )
    )
    dashboard.with_row(Row("Memory"))
    dashboard.with_panel(
        series(
            "Recall",
            *(Line(f"histogram_quantile({p}, {recall})", f"p{p * 100:.0f}") for p in (0.5, 0.95)),
            unit="s",
        )
    )


def _processes(dashboard: Dashboard) -> None:
    cpu = "rate(process_cpu_seconds_total[$__rate_interval])"
    dashboard.with_row(Row("Processes"))
    for panel in (
        series("Up", Line("up", "{{job}} {{instance}}"), unit="short"),
        series(
            "Answers when spoken to", Line("sales_dependency_up", "{{dependency}}"), unit="short"
        ),
        series("Cores in use", Line(cpu, "{{job}} {{instance}}"), unit="short"),
        series(
            "Memory", Line("process_resident_memory_bytes", "{{job}} {{instance}}"), unit="bytes"
        ),
        series("Open files", Line("process_open_fds", "{{job}} {{instance}}"), unit="short"),
        series(
            "Scrapes take",
            Line("scrape_duration_seconds", "{{job}} {{instance}}"),
            unit="s",
        ),
    ):
        dashboard.with_panel(panel)
