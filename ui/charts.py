"""Plots, drawn by the page itself. What users or models wrote is drawn as text of an axis."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import streamlit as st

from ui.wording import language, say

#: One accent; colour carries meaning only where kinds or failures are told apart.
ACCENT = "#0b6e6e"
_KIND_COLOURS = {
    "wait": "#b8c2cc",
    "attempt": "#dce2e8",
    "step": "#7fb3b3",
    "model": "#0b6e6e",
    "tool": "#c98a2b",
}
_DOLLARS = "US$"
_FAILED = "#b3261e"
#: Pixels of one bar with its space.
_BAR_HEIGHT = 22
#: Pixels around the bars: a plot's height is that of all of it.
_AXIS_HEIGHT = 70
_LEGEND_HEIGHT = 90
_DAYS_HEIGHT = 210
#: A bar that took no time is still drawn, as this part of the whole.
_LEAST_PART = 0.004


def over_days(rows: Sequence[dict[str, Any]], title: str, money: bool = False) -> None:
    """Rows with `day`, `value` and `shown`, in order."""
    chart = (
        alt.Chart(_data(rows))
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X(
                "day:N",
                sort=None,
                title=None,
                axis=alt.Axis(labelExpr=_short_day(), labelOverlap=True, labelAngle=0, ticks=False),
            ),
            y=alt.Y("value:Q", title=_DOLLARS if money else title, axis=_figures(money)),
            tooltip=[alt.Tooltip("day:N", title=" "), alt.Tooltip("shown:N", title=title)],
        )
        .properties(height=_DAYS_HEIGHT)
    )
    st.altair_chart(chart, alt=title)


def largest(rows: Sequence[dict[str, Any]], title: str, money: bool = False) -> None:
    """Rows with `label`, `value` and `shown`, the largest first."""
    chart = (
        alt.Chart(_data(rows))
        .mark_bar(color=ACCENT)
        .encode(
            y=alt.Y(
                "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=140, labelOverlap=False)
            ),
            x=alt.X("value:Q", title=_DOLLARS if money else title, axis=_figures(money)),
            tooltip=[alt.Tooltip("label:N", title=" "), alt.Tooltip("shown:N", title=title)],
        )
        .properties(height=_BAR_HEIGHT * len(rows) + _AXIS_HEIGHT)
    )
    st.altair_chart(chart, alt=title)


def waterfall(rows: Sequence[dict[str, Any]]) -> None:
    """Rows with `label` (each another), `kind`, `start`, `end` (ms), `failed` and `shown`."""
    least = max((row["end"] for row in rows), default=0) * _LEAST_PART or 1
    drawn = [
        {**row, "end": max(row["end"], row["start"] + least), "kind": say(f"bars.{row['kind']}")}
        for row in rows
    ]
    kinds = {say(f"bars.{kind}"): colour for kind, colour in _KIND_COLOURS.items()}
    present = [kind for kind in kinds if any(row["kind"] == kind for row in drawn)]
    chart = (
        alt.Chart(_data(drawn))
        .mark_bar(height=_BAR_HEIGHT * 0.6, strokeWidth=2)
        .encode(
            y=alt.Y(
                "label:N", sort=None, title=None, axis=alt.Axis(labelLimit=140, labelOverlap=False)
            ),
            x=alt.X("start:Q", title=say("turn.milliseconds"), axis=_figures(money=False)),
            x2="end:Q",
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=present, range=[kinds[kind] for kind in present]),
                legend=alt.Legend(orient="top", title=None, columns=2),
            ),
            stroke=alt.condition("datum.failed", alt.value(_FAILED), alt.value("transparent")),
            tooltip=[
                alt.Tooltip("label:N", title=say("columns.name")),
                alt.Tooltip("shown:N", title=say("columns.time")),
            ],
        )
        .properties(height=_BAR_HEIGHT * len(rows) + _AXIS_HEIGHT + _LEGEND_HEIGHT)
    )
    st.altair_chart(chart, alt=say("turn.waterfall_alt"))


def _short_day() -> str:
    """A day's label without its year."""
    return "slice(datum.label, 0, 5)" if language() == "pt" else "slice(datum.label, 5)"


def _figures(money: bool) -> alt.Axis:
    """An axis in the reader's own separators, which Vega does not know by itself."""
    plain = "format(datum.value, ',~r')" if money else "format(datum.value, ',.0f')"
    if language() == "pt":
        plain = f"replace(replace(replace({plain}, /,/g, '_'), '.', ','), /_/g, '.')"
    least = alt.Undefined if money else 1
    return alt.Axis(labelExpr=plain, tickCount=6, tickMinStep=least)


def _data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))
