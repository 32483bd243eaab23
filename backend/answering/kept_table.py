"""A table of figures as the bytes that are kept of it, and back: cells only, never code or sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from backend.semantic.cells import cell
from backend.semantic.layer import Prepared

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """`read_at` is RFC 3339; `cost_nano` what the models of the answer that read it cost."""

    rows: Rows
    read_at: str
    truncated: bool
    cost_nano: int


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What Redis holds. Cells as text, number, truth or nothing; their kinds are the statement's."""

    read_at: str
    truncated: bool
    cost_nano: int
    rows: list[list[str | int | bool | None]]


def encoded(prepared: Prepared, table: KeptTable) -> bytes:
    # The rows as they were read: the row of the rest is named again when they are told.
    cells = [[_plain(row[name]) for name in prepared.compiled.columns] for row in table.rows]
    return msgspec.json.encode(
        _Kept(
            read_at=table.read_at,
            truncated=table.truncated,
            cost_nano=table.cost_nano,
            rows=cells,
        )
    )


def decoded(prepared: Prepared, raw: bytes) -> KeptTable | None:
    """The table of a statement; None for bytes that cannot be one."""
    try:
        kept = msgspec.json.decode(raw, type=_Kept)
        return KeptTable(
            rows=tuple(_row(prepared, cells) for cells in kept.rows),
            read_at=datetime.fromisoformat(kept.read_at).isoformat(timespec="milliseconds"),
            truncated=kept.truncated,
            cost_nano=kept.cost_nano,
        )
    except (msgspec.DecodeError, ValueError, ArithmeticError):
        return None


def _plain(value: Any) -> str | int | bool | None:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _row(prepared: Prepared, cells: list[str | int | bool | None]) -> dict[str, Any]:
    """One row again, each cell as its statement's kind. Raises ValueError when they do not fit."""
    compiled = prepared.compiled
    return {
        name: cell(kind, value)
        for name, kind, value in zip(compiled.columns, compiled.kinds, cells, strict=True)
    }
