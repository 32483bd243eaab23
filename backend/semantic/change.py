"""What a figure changed by, in its own unit."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from backend.semantic.model import SemanticModel


def difference(model: SemanticModel, metric: str, row: Mapping[str, Any]) -> int | Decimal | None:
    """The figure less the previous one; None where either is unknown or it has no unit.

    Of a rate there is none: whether "2%" more are points or a part of it, no reader can tell.
    """
    previous, change = row.get(f"{metric}_previous"), row.get(f"{metric}_change")
    if previous is None or model.metrics[metric].format in ("percent", "ratio"):
        return None
    now = row[metric]
    if now is None:
        # From something to no rows is -100 %, so all of it.
        return -previous if change is not None else None
    found: int | Decimal = now - previous
    return found
