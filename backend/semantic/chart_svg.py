"""A chart as SVG, for channels that show pictures and run nothing. Drawn by us: bars and lines.

The same specification always gives the same bytes. Texts are escaped; there is no script, no link and no
font of our own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from sys import float_info
from typing import Any
from xml.sax.saxutils import escape

from backend.domain.language import Language
from backend.semantic.chart_spec import KEY, PERCENT, SERIES, VALUE, checked
from backend.semantic.model import Format
from backend.semantic.number_format import written_number
from backend.semantic.period_words import written_day
from backend.semantic.phrasebook import phrasebook

_WIDTH, _HEIGHT, _LEFT, _PAD = 640, 360, 150, 24
#: Room for a figure beside a bar, and for the title above all.
_FIGURE, _TITLE = 100, 20
_BAR, _GAP, _LINE = 22, 8, 14
_COLOURS = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f")
#: Longer names are cut: there is no more room beside a bar.
_LONGEST = 22

_Rows = Sequence[Mapping[str, Any]]


def svg_of(spec: Mapping[str, Any], language: Language) -> str:
    """The picture of a specification that `chart_of` made, its figures as the reader writes them.

    Raises ChartRefused.
    """
    rows: _Rows = checked(spec)["data"]["values"]
    channels = spec["encoding"].values()
    value = next(each for each in channels if each["field"] == VALUE)
    title = f'<text x="{_PAD}" y="{_TITLE}" font-weight="bold">{_text(value["title"] or "")}</text>'
    writer = _Figures(language, is_percent="axis" in value and value["axis"]["format"] == PERCENT)
    if spec["mark"]["type"] == "bar":
        height = 2 * _PAD + _TITLE + len(rows) * (_BAR + _GAP)
        return _page(title + "".join(_bars(rows, writer)), height)
    return _page(title + "".join(_lines(rows, writer)), _HEIGHT)


class _Figures:
    """Figures and days in the reader's format."""

    def __init__(self, language: Language, *, is_percent: bool) -> None:
        self._words = phrasebook(language)
        self._is_percent = is_percent

    def written(self, value: float) -> str:
        form: Format = "percent" if self._is_percent else "quantity"
        return _text(written_number(value, form, "", self._words))

    def day(self, key: str) -> str:
        try:
            return written_day(date.fromisoformat(key), self._words)
        except ValueError:
            return _text(key)


def _bars(rows: _Rows, writer: _Figures) -> Iterator[str]:
    low, reach = _scale(rows)
    room = _WIDTH - _LEFT - 2 * _PAD - _FIGURE
    for number, row in enumerate(rows):
        value, top = row[VALUE], _PAD + _TITLE + number * (_BAR + _GAP)
        left = _LEFT + _PAD + (min(value, 0.0) / reach - low / reach) * room
        width = abs(value) / reach * room
        yield (
            f'<text x="{_LEFT + _PAD - 8}" y="{top + 15}" text-anchor="end">{_text(row[KEY])}</text>'
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{_COLOURS[0]}"/>'
            f'<text x="{left + width + 6:.1f}" y="{top + 15}">{writer.written(value)}</text>'
        )


def _lines(rows: _Rows, writer: _Figures) -> Iterator[str]:
    days = sorted({row[KEY] for row in rows})
    place = {day: number / max(len(days) - 1, 1) for number, day in enumerate(days)}
    low, reach = _scale(rows)
    series: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        series.setdefault(row.get(SERIES, ""), []).append(row)
    top = _PAD + _TITLE + _LINE * (len(series) if SERIES in rows[0] else 0)
    left, room, depth = _PAD + _FIGURE, _WIDTH - 2 * _PAD - _FIGURE, _HEIGHT - _PAD - top

    def height_of(value: float) -> float:
        return _HEIGHT - _PAD - (value / reach - low / reach) * depth

    for value in (low, low + reach):
        yield (
            f'<text x="{left - 8}" y="{height_of(value) + 4:.1f}" text-anchor="end">'
            f"{writer.written(value)}</text>"
        )
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        drawn = " ".join(
            f"{left + place[row[KEY]] * room:.1f},{height_of(row[VALUE]):.1f}"
            for row in sorted(points, key=lambda row: str(row[KEY]))
        )
        yield f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'
        if name:
            label_at = _PAD + _TITLE + _LINE * number
            yield f'<text x="{left}" y="{label_at}" fill="{colour}">{_text(name)}</text>'
    yield f'<text x="{left}" y="{_HEIGHT - 6}">{writer.day(days[0])}</text>'
    yield (
        f'<text x="{_WIDTH - _PAD}" y="{_HEIGHT - 6}" text-anchor="end">{writer.day(days[-1])}</text>'
    )


def _scale(rows: _Rows) -> tuple[float, float]:
    """The lowest value shown, and how far it is to the highest; zero lies between the two."""
    low = min(0.0, *(row[VALUE] for row in rows))
    high = max(0.0, *(row[VALUE] for row in rows))
    # Between two floats there may be more than a float holds.
    return low, min(high - low, float_info.max) or 1.0


def _page(content: str, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="#1f2937">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>{content}</svg>'
    )


def _text(text: str) -> str:
    """Escaped, cut, and without the characters that XML has no way to write."""
    shown = "".join(letter for letter in text if _is_writable(ord(letter)))
    shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
    return escape(shown)


def _is_writable(code: int) -> bool:
    return code >= 0x20 and not 0xD800 <= code < 0xE000 and code not in (0xFFFE, 0xFFFF)
