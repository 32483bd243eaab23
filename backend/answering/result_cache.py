"""Answers to metric queries, kept as rows and never as sentences.

What was read is kept when its answer stands, under all that decides the rows (`cache_key.py`), and for
as long as nothing can have changed. What failed is never kept.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

from backend.answering.cache_key import Setting, key_of
from backend.answering.kept_table import KeptTable, Rows, decoded, encoded
from backend.domain.errors import SourceUnavailable
from backend.domain.identity import TenantId
from backend.domain.sales import MetricQuery, MetricTable
from backend.live.kept_rows import KeptRows
from backend.observe import metrics
from backend.semantic.layer import Prepared, SemanticLayer
from backend.semantic.model import SemanticModel
from backend.semantic.scope import own_member

#: Of a period that is over, without a probe that would tell of a correction.
CLOSED_SECONDS = 6 * 3600.0
#: Of one that is still running, or that has no end.
OPEN_SECONDS = 60.0
#: With a probe the version of the data is in the key; this only clears what nobody asks for again.
VERSIONED_SECONDS = 24 * 3600.0
#: Many a source is loaded at night: yesterday is not over until tomorrow.
_LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A table of this turn, to be kept when its answer stands."""

    prepared: Prepared
    #: Prepares another query for the same asker.
    prepare: Callable[[MetricQuery], Prepared]
    setting: Setting
    table: MetricTable
    #: How long it may live, from the `time.monotonic()` instant before its reading.
    seconds: float
    began: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedLayer:
    """A semantic layer that remembers, for one turn: it stands in for the layer before the tools."""

    layer: SemanticLayer
    kept: KeptRows
    tenant_id: TenantId
    source_id: str
    source_stamp: str
    today: date
    _read: dict[str, _Read] = field(default_factory=dict)
    _costs: list[int] = field(default_factory=list)

    @property
    def model(self) -> SemanticModel:
        return self.layer.model

    @property
    def last_read_at(self) -> datetime | None:
        return self.layer.last_read_at

    @property
    def told_cost_nano(self) -> int:
        """What the dearest answer that read kept rows of this turn cost: it is not paid again."""
        return max(self._costs, default=0)

    def answer(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> MetricTable:
        """See SemanticLayer.answer; the table says whether its rows were kept, and since when."""
        prepare = partial(
            self.layer.prepare, role=role, attributes=attributes, permitted_roles=permitted_roles
        )
        prepared = prepare(query)
        try:
            version = self.layer.data_version()
        except SourceUnavailable:
            # Kept rows of an unknown version may be yesterday's; the reading will say it is down.
            return self.layer.read(prepared)
        setting = self._setting(role, attributes, version)
        key = key_of(self.model, prepared, setting)
        if key in self._read:
            return self._read[key].table
        found = self._found(key, prepared)
        metrics.CACHE_LOOKUPS.labels("hit" if found else "miss").inc()
        if found is not None:
            return found
        began = time.monotonic()
        table = self.layer.read(prepared)
        self._read[key] = _Read(
            prepared=prepared,
            prepare=prepare,
            setting=setting,
            table=table,
            seconds=self._seconds(table, version),
            began=began,
        )
        return table

    def find_value(
        self, dimension: str, text: str, *, role: str, attributes: Mapping[str, str]
    ) -> tuple[str, ...]:
        """See SemanticLayer.find_value."""
        return self.layer.find_value(dimension, text, role=role, attributes=attributes)

    def keep(self, cost_nano: int) -> None:
        """Keep what this turn has read, now that its answer stands; its models cost so much."""
        for read in self._read.values():
            left = read.seconds - (time.monotonic() - read.began)
            if left <= 0:
                continue
            for prepared, rows in _tables(read):
                key = key_of(self.model, prepared, read.setting)
                table = KeptTable(
                    rows=rows,
                    read_at=read.table.read_at,
                    truncated=read.table.truncated,
                    cost_nano=cost_nano,
                )
                self.kept.put(key, encoded(prepared, table), left)

    def _setting(self, role: str, attributes: Mapping[str, str], version: str | None) -> Setting:
        return Setting(
            tenant_id=self.tenant_id,
            source_id=self.source_id,
            source_stamp=self.source_stamp,
            role=role,
            own=own_member(self.model, role, attributes),
            version=version,
        )

    def _found(self, key: str, prepared: Prepared) -> MetricTable | None:
        raw = self.kept.get(key)
        kept = None if raw is None else decoded(prepared, raw)
        if kept is None:
            return None
        self._costs.append(kept.cost_nano)
        return self.layer.table(
            prepared, kept.rows, read_at=kept.read_at, truncated=kept.truncated, cached=True
        )

    def _seconds(self, table: MetricTable, version: str | None) -> float:
        if version is not None:
            return VERSIONED_SECONDS
        last = table.query.to_date
        is_over = last is not None and last < self.today - _LATE
        # What is not there may not have come yet, whatever the period.
        return CLOSED_SECONDS if is_over and table.rows else OPEN_SECONDS


def parts_of(query: MetricQuery) -> tuple[MetricQuery, ...]:
    """The queries that a query's rows answer too: each total of several that are read together.

    "Vendas" may be told as money and contracts; whoever then asks for the money has it here. In a
    breakdown a row may be there for one metric's sake alone, so that none stands for itself.
    """
    total = MetricQuery(
        metrics=query.metrics,
        filters=query.filters,
        exclude=query.exclude,
        from_date=query.from_date,
        to_date=query.to_date,
        compare=query.compare,
        data_source=query.data_source,
    )
    if len(query.metrics) < 2 or query != total:
        return ()
    return tuple(replace(query, metrics=(metric,)) for metric in query.metrics)


def _tables(read: _Read) -> Iterator[tuple[Prepared, Rows]]:
    """What was read, by itself and for each part that it answers too."""
    rows = read.table.rows
    yield read.prepared, rows
    for part in parts_of(read.prepared.query) if rows else ():
        alone = read.prepare(part)
        yield alone, ({name: rows[0][name] for name in alone.compiled.columns},)
