"""The days of a report, each with its figure: also those on which nothing was asked."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from ui import formats


def every_day(
    report: Mapping[str, Any], field: str, shown: Callable[[Any], str]
) -> list[dict[str, Any]]:
    """For a plot over days: `day` in the reader's form, `value`, and `shown`."""
    found = {row["key"]: row[field] for row in report["rows"]}
    first, last = date.fromisoformat(report["from"]), date.fromisoformat(report["to"])
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    values = [found.get(day.isoformat(), 0) for day in days]
    return [
        {"day": formats.day(day), "value": float(value), "shown": shown(value)}
        for day, value in zip(days, values, strict=True)
    ]
