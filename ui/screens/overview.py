"""Today at a glance, the last days, and how the machinery is."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from ui import charts, filters, formats, links, tables
from ui.blocks import block, empty
from ui.days import every_day
from ui.errors import ApiFailed
from ui.reading import read
from ui.wording import say, say_or

Figures = dict[str, Any]
#: Health and queue are looked at again by themselves.
_AGAIN_SECONDS = 10
_IN_QUEUE = ("ready", "running", "waiting", "failed", "delayed")
_NONE: Figures = {
    "turns": 0,
    "answered": 0,
    "failed": 0,
    "tokens_used": 0,
    "cost_usd": "0",
    "p95_time_ms": None,
}


def show() -> None:
    st.title(say("pages.overview"))
    with block():
        report = read("/usage", filters.with_zone({"group_by": "day"}))
        _today(report)
        _days(report)
    _machinery()


def _today(report: dict[str, Any]) -> None:
    """The report's last day is today as the API counts it."""
    by_day = {row["key"]: row for row in report["rows"]}
    today = report["to"]
    yesterday = (date.fromisoformat(today) - timedelta(days=1)).isoformat()
    now, before = by_day.get(today, _NONE), by_day.get(yesterday, _NONE)
    day = {"from": today, "to": today}
    st.subheader(say("overview.today", day=formats.day(today)))
    with st.container(horizontal=True, gap="small"):
        for name, status in (("turns", None), ("answered", "answered"), ("failed", "failed")):
            figure = formats.count(now[name])
            with _tile(name, figure, formats.count(before[name])):
                narrowed = day if status is None else {**day, "status": status}
                links.link("turns", say("overview.see_list", count=figure), narrowed)
        for name, field, shown in (
            ("cost", "cost_usd", formats.money),
            ("tokens", "tokens_used", formats.count),
        ):
            with _tile(name, shown(now[field]), shown(before[field])):
                links.link("costs", say("overview.see_costs"), {**day, "group_by": "model"})
        times = [formats.duration(each["p95_time_ms"]) for each in (now, before)]
        with _tile("p95", *times):
            answered = {**day, "status": "answered"}
            count = formats.count(now["answered"])
            links.link("turns", say("overview.see_list", count=count), answered)


def _tile(name: str, value: str, before: str) -> Any:
    tile = st.container(border=True, width=152, gap="xsmall")
    tile.metric(say(f"overview.{name}"), value)
    tile.caption(say("overview.before", value=before))
    return tile


def _days(report: dict[str, Any]) -> None:
    st.subheader(say("overview.per_day"))
    if not report["rows"]:
        empty("state.empty_usage")
        return
    days = {"from": report["from"], "to": report["to"]}
    charts.over_days(every_day(report, "turns", formats.count), say("columns.turns"))
    with st.container(horizontal=True, vertical_alignment="center"):
        first, last = formats.day(report["from"]), formats.day(report["to"])
        st.caption(say("overview.month", first=first, last=last))
        total = formats.count(report["totals"]["turns"])
        links.link("turns", say("overview.see_list", count=total), days)
        links.link("costs", say("overview.see_costs"), days)


@st.fragment(run_every=_AGAIN_SECONDS)
def _machinery() -> None:
    health, queue = st.columns([2, 3], border=True)
    with health:
        st.subheader(say("overview.health"))
        with block("health"):
            _health()
    with queue:
        st.subheader(say("overview.queue"))
        with block("queue"):
            _queue(read("/queue"))
    st.caption(say("overview.as_of", at=formats.time_now()))


def _health() -> None:
    read("/livez")
    _check("livez", "ok")
    try:
        checks = read("/readyz")["checks"]
    except ApiFailed as failure:
        if not failure.checks:
            raise
        checks = failure.checks
    for name, state in checks.items():
        _check(name, state)


def _check(name: str, state: str) -> None:
    words = f"{say_or(f'health.{name}', name)}: {say_or(f'health.{state}', state)}"
    if state == "ok":
        st.badge(words, icon=":material/check_circle:", color="green")
    else:
        st.badge(words, icon=":material/error:", color="red")


def _queue(report: dict[str, Any]) -> None:
    rows = [
        {
            "lane": lane["lane"],
            "ready": lane["ready"],
            "running": lane["running"],
            "waiting": lane["waiting"],
            "delayed": lane["delayed"],
            "given_up": lane["failed"],
            "oldest_age": formats.duration(_milliseconds(lane["oldest_age_seconds"])),
        }
        for lane in report["lanes"]
    ]
    if any(lane[name] for lane in report["lanes"] for name in _IN_QUEUE):
        tables.table(rows, tuple(rows[0]), "lanes")
    else:
        empty("state.empty_queue")
    with st.container(horizontal=True):
        for status in ("queued", "running"):
            links.link("turns", say(f"status.{status}"), {"status": status}, ":material/list_alt:")
    st.subheader(say("overview.failures"))
    if not report["recent_failures"]:
        empty("state.empty_failures")
    for failure in report["recent_failures"]:
        with st.container(horizontal=True, vertical_alignment="center"):
            label = say("overview.open_turn", at=formats.moment(failure["asked_at"]))
            links.link("turn", label, {"id": failure["turn_id"]}, ":material/error:")
            st.caption(say_or(f"errors.{failure['error']['code']}", say("errors.unknown")))


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


show()
