"""What of a document is quoted: what it tells people. What it orders a machine to do is left out.

Not a boundary, for orders can be worded in endless ways: that a quotation is data, that no tool acts
by itself and that figures need evidence holds without this. It keeps the plain attempts from being
read at all.
"""

import re
from functools import cache
from pathlib import Path

import yaml

#: Stands where something was left out.
LEFT_OUT = "[…]"
_SENTENCE_END = re.compile(r"[.!?…;:]\s|\n")


def without_orders(text: str) -> str:
    """The text up to the sentence that gives a machine an order: what follows may go on with it."""
    order = next((each for each in _orders().finditer(text) if not _negated(text, each)), None)
    if order is None:
        return text
    ends = [end.end() for end in _SENTENCE_END.finditer(text, 0, order.start())]
    kept = text[: ends[-1] if ends else 0].rstrip()
    return f"{kept} {LEFT_OUT}" if kept else LEFT_OUT


def _negated(text: str, order: re.Match[str]) -> bool:
    return _negation().search(text[: order.start()]) is not None


@cache
def _orders() -> re.Pattern[str]:
    spoken = (each.replace(" ?", r"\s*").replace(" ", r"\s+") for each in _patterns()["orders"])
    return re.compile("|".join(rf"(?<!\w)(?:{each})" for each in spoken), re.IGNORECASE)


@cache
def _negation() -> re.Pattern[str]:
    return re.compile(rf"\b{_patterns()['not_before']}\s+$", re.IGNORECASE)


@cache
def _patterns() -> dict[str, list[str]]:
    path = Path(__file__).parent / "wording" / "orders.yaml"
    loaded: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
