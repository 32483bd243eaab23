"""A chart as SVG, for channels that show pictures and run nothing. Drawn by us: bars and lines.

The same specification always gives the same bytes. Texts are escaped; there is no script, no link and no
font of our own.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from backend.semantic.chart import checked

_WIDTH, _HEIGHT, _LEFT, _PAD = 640, 360, 150, 24
_BAR, _GAP = 22, 8
_COLOURS = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f")
#: Longer names are cut: there is no more room beside a bar.
_LONGEST = 22


def svg_of(spec: Mapping[str, Any]) -> str:
    """The picture of a specification that `chart_of` made. Raises ChartRefused."""
    values: Sequence[Mapping[str, Any]] = checked(spec)["data"]["values"]
    return _bars(values) if spec["mark"]["type"] == "bar" else _lines(values)


def _bars(values: Sequence[Mapping[str, Any]]) -> str:
    low = min(0.0, *(row["value"] for row in values))
    high = max(0.0, *(row["value"] for row in values))
    reach = (high - low) or 1.0
    room = _WIDTH - _LEFT - 2 * _PAD
    parts = []
    for number, row in enumerate(values):
        top = _PAD + number * (_BAR + _GAP)
        left = _LEFT + _PAD + (min(row["value"], 0.0) - low) / reach * room
        width = abs(row["value"]) / reach * room
        parts.append(
            f'<text x="{_LEFT + _PAD - 8}" y="{top + 15}" text-anchor="end">{_text(row["key"])}</text>'
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{_COLOURS[0]}"/>'
        )
    return _page("".join(parts), 2 * _PAD + len(values) * (_BAR + _GAP))


def _lines(values: Sequence[Mapping[str, Any]]) -> str:
    days = sorted({row["key"] for row in values})
    place = {day: number / max(len(days) - 1, 1) for number, day in enumerate(days)}
    low = min(0.0, *(row["value"] for row in values))
    high = max(0.0, *(row["value"] for row in values))
    reach = (high - low) or 1.0
    series: dict[str, list[Mapping[str, Any]]] = {}
    for row in values:
        series.setdefault(row.get("series", ""), []).append(row)
    parts = []
    for number, (name, rows) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(
            f"{_PAD + place[row['key']] * (_WIDTH - 2 * _PAD):.1f},"
            f"{_HEIGHT - _PAD - (row['value'] - low) / reach * (_HEIGHT - 3 * _PAD):.1f}"
            for row in sorted(rows, key=lambda row: row["key"])
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        if name:
            parts.append(
                f'<text x="{_PAD}" y="{16 + 14 * number}" fill="{colour}">{_text(name)}</text>'
            )
    ends = (
        f'<text x="{_PAD}" y="{_HEIGHT - 6}">{_text(days[0])}</text>'
        f'<text x="{_WIDTH - _PAD}" y="{_HEIGHT - 6}" text-anchor="end">{_text(days[-1])}</text>'
    )
    return _page("".join(parts) + ends, _HEIGHT)


def _page(content: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="#1f2937">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>{content}</svg>'
    )


def _text(text: str) -> str:
    """Escaped, cut, and without the characters that XML has no way to write."""
    shown = "".join(
        letter for letter in text if letter >= " " and not 0xD800 <= ord(letter) < 0xE000
    )
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    return escape("".join(letter for letter in shown if ord(letter) not in (0xFFFE, 0xFFFF)))
