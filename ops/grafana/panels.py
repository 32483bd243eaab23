"""The few kinds of panel that our dashboards are made of, so that all look and behave alike."""

from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    DynamicConfigValue,
)

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
#: The read-only login of `ops/postgres/roles.sql`.
LEDGER = DataSourceRef(type_val="grafana-postgresql-datasource", uid="ledger")

TAG = "sales-crew"
#: Of the 24 columns that a dashboard has.
NUMBER_WIDTH, SERIES_WIDTH, WHOLE_WIDTH = 4, 12, 24
NUMBER_HEIGHT, SERIES_HEIGHT, TABLE_HEIGHT = 4, 8, 11


@dataclass(frozen=True, slots=True)
class Line:
    """A PromQL expression, and what its lines are called: text with `{{label}}`."""

    expression: str
    legend: str


def page(uid: str, title: str, description: str, since: str) -> dashboard.Dashboard:
    """An empty dashboard that shows the time from `since` (as in now-6h), with links to the rest."""
    links = dashboard.DashboardLink("Sales Crew").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .time(since, "now")
        .refresh("30s")
        .readonly()
        .link(links.as_dropdown(True).include_vars(False).keep_time(True))
    )


def number(title: str, expression: str, unit: str, description: str = "") -> stat.Panel:
    """The value of an expression at this moment."""
    query = prometheus.Dataquery().expr(expression).instant().ref_id("A").legend_format(title)
    panel = _number(title, unit, description).datasource(PROMETHEUS).with_target(query)
    return panel.reduce_options(_last())


def number_of_sql(title: str, sql: str, column: str, unit: str) -> stat.Panel:
    """One column of the one row that a statement finds."""
    return (
        _number(title, unit, "")
        .reduce_options(_last().fields(f"/^{column}$/"))
        .datasource(LEDGER)
        .with_target(_Sql(sql, "table"))
    )


def series(
    title: str, *lines: Line, unit: str, stacked: bool = False, description: str = ""
) -> timeseries.Panel:
    """Lines over time."""
    panel = _series(title, unit, stacked=stacked, description=description).datasource(PROMETHEUS)
    for place, line in enumerate(lines):
        query = prometheus.Dataquery().expr(line.expression).range()
        panel.with_target(query.legend_format(line.legend).ref_id(chr(ord("A") + place)))
    return panel


def series_of_sql(title: str, sql: str, unit: str) -> timeseries.Panel:
    """A statement's columns `time`, `metric` and a value, as stacked lines."""
    panel = _series(title, unit, stacked=True, description="Days in UTC.")
    return panel.datasource(LEDGER).with_target(_Sql(sql, "time_series"))


def rows_of_sql(title: str, sql: str, units: dict[str, str], width: int) -> table.Panel:
    """A statement's rows as they are; `units` by column."""
    panel = table.Panel().title(title).datasource(LEDGER).span(width).height(TABLE_HEIGHT)
    panel.show_header(True)
    for column, unit in units.items():
        panel.override_by_name(column, [DynamicConfigValue(id_val="unit", value=unit)])
    return panel.with_target(_Sql(sql, "table"))


class _Sql(Builder[UnknownDataquery]):
    """A query of the Postgres data source, which the SDK has no words for."""

    def __init__(self, sql: str, form: str) -> None:
        self._query: dict[str, Any] = {
            "datasource": {"type": LEDGER.type_val, "uid": LEDGER.uid},
            "editorMode": "code",
            "format": form,
            "rawQuery": True,
            "rawSql": sql,
            "refId": "A",
        }

    def build(self) -> UnknownDataquery:
        return UnknownDataquery(self._query)


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _number(title: str, unit: str, description: str) -> stat.Panel:
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .unit(unit)
        .span(NUMBER_WIDTH)
        .height(NUMBER_HEIGHT)
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.NONE)
    )


def _series(title: str, unit: str, *, stacked: bool, description: str) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    mode = StackingMode.NORMAL if stacked else StackingMode.NONE
    return (
        timeseries.Panel()
        .title(title)
        .description(description)
        .unit(unit)
        .min(0)
        .span(SERIES_WIDTH)
        .height(SERIES_HEIGHT)
        .fill_opacity(20 if stacked else 0)
        .stacking(common.StackingConfig().mode(mode))
        .legend(legend)
    )
