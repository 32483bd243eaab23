"""Answers to metric queries, kept as rows and never as sentences.

The key is all that decides the rows: tenant, source and model version, the statement with its absolute
dates and members, who asks and what they may see, the zone, and the version of the data. Nothing is
found by likeness. What failed is never kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from backend.domain.errors import SourceUnavailable
from backend.domain.identity import TenantId
from backend.domain.sales import MetricQuery, MetricTable
from backend.live.kept_rows import KeptRows
from backend.observe import metrics
from backend.semantic.cells import cell
from backend.semantic.layer import Prepared, SemanticLayer
from backend.semantic.model import SemanticModel

#: Of a period that is over, without a probe that would tell of a correction.
CLOSED_SECONDS = 6 * 3600.0
#: Of one that is still running, or that has no end.
OPEN_SECONDS = 60.0
#: With a probe the version of the data is in the key; this only clears what nobody asks for again.
VERSIONED_SECONDS = 24 * 3600.0


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What Redis holds. Cells as text, number, truth or nothing; their kinds are the statement's."""

    read_at: str
    truncated: bool
    rows: list[list[str | int | bool | None]]


@dataclass(frozen=True, slots=True)
class CachedLayer:
    """A semantic layer that remembers, for one turn: it stands in for the layer before the tools."""

    layer: SemanticLayer
    kept: KeptRows
    tenant_id: TenantId
    source_id: str
    today: date

    @property
    def model(self) -> SemanticModel:
        return self.layer.model

    def answer(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> MetricTable:
        """See SemanticLayer.answer; the table says whether its rows were kept, and since when."""
        prepared = self.layer.prepare(
            query, role=role, attributes=attributes, permitted_roles=permitted_roles
        )
        version = self._version()
        key = key_of(
            self.layer.model,
            prepared,
            tenant_id=self.tenant_id,
            source_id=self.source_id,
            role=role,
            version=version,
        )
        found = self._found(key, prepared)
        metrics.CACHE_LOOKUPS.labels("hit" if found else "miss").inc()
        if found is not None:
            return found
        table = self.layer.read(prepared)
        self.kept.put(key, _encoded(prepared, table), self._seconds(prepared.query, version))
        return table

    def find_value(
        self, dimension: str, text: str, *, role: str, attributes: Mapping[str, str]
    ) -> tuple[str, ...]:
        """See SemanticLayer.find_value."""
        return self.layer.find_value(dimension, text, role=role, attributes=attributes)

    def _version(self) -> str | None:
        try:
            return self.layer.data_version()
        except SourceUnavailable:
            # Kept rows of an unknown version would be yesterday's; the reading will say it is down.
            return "unknown"

    def _found(self, key: str, prepared: Prepared) -> MetricTable | None:
        raw = self.kept.get(key)
        if raw is None:
            return None
        try:
            kept = msgspec.json.decode(raw, type=_Kept)
            rows = tuple(_row(prepared, cells) for cells in kept.rows)
        except (msgspec.DecodeError, ValueError, ArithmeticError):
            return None
        return self.layer.table(
            prepared, rows, read_at=kept.read_at, truncated=kept.truncated, cached=True
        )

    def _seconds(self, query: MetricQuery, version: str | None) -> float:
        if version == "unknown":
            return 0.001
        if version is not None:
            return VERSIONED_SECONDS
        is_over = query.to_date is not None and query.to_date < self.today
        return CLOSED_SECONDS if is_over else OPEN_SECONDS


def key_of(
    model: SemanticModel,
    prepared: Prepared,
    *,
    tenant_id: TenantId,
    source_id: str,
    role: str,
    version: str | None,
) -> str:
    """What two questions share exactly when the same rows answer both."""
    parts = [
        str(tenant_id),
        source_id,
        model.version,
        model.time_zone,
        prepared.compiled.sql,
        sorted((name, repr(value)) for name, value in prepared.compiled.params.items()),
        role if role in model.row_scope else "",
        version,
    ]
    return sha256(msgspec.json.encode(parts)).hexdigest()


def _encoded(prepared: Prepared, table: MetricTable) -> bytes:
    # The rows as they were read: the row of the rest is named again when they are told.
    rows = [[_plain(row[name]) for name in prepared.compiled.columns] for row in table.rows]
    return msgspec.json.encode(_Kept(read_at=table.read_at, truncated=table.truncated, rows=rows))


def _plain(value: Any) -> str | int | bool | None:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _row(prepared: Prepared, cells: list[str | int | bool | None]) -> dict[str, Any]:
    """One row again, each cell as its statement's kind. Raises ValueError when they do not fit."""
    compiled = prepared.compiled
    return {
        name: cell(kind, value)
        for name, kind, value in zip(compiled.columns, compiled.kinds, cells, strict=True)
    }
