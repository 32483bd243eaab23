"""Certified figures for one data source: who may ask, what is asked, and where it was read.

An answer or one of four kinds of nothing, which are never confused: `SalesNotPermitted`,
`SalesQueryInvalid` (not defined), `SourceUnavailable`, and a table without rows. The codes of the
errors are the values of `Outcome`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any

from backend.domain.errors import SalesNotPermitted, SalesQueryInvalid, SourceUnavailable
from backend.domain.sales import OTHER, MetricQuery, MetricTable
from backend.semantic.alike import alike
from backend.semantic.cells import cell
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.engine import Engine
from backend.semantic.fitness import misfits
from backend.semantic.folding import folded
from backend.semantic.members import Database, Members
from backend.semantic.model import SemanticModel
from backend.semantic.scope import own_member, scoped
from backend.semantic.validity import check_query, key_columns
from backend.semantic.written import Known, as_written, written

#: How old a data version may be: longer than one turn asks twice, shorter than anybody notices.
_VERSION_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query as the asker may see it, and the statement that reads it."""

    query: MetricQuery
    compiled: Compiled


class SemanticLayer:
    """One model over one database."""

    def __init__(
        self,
        model: SemanticModel,
        database: Database,
        source_name: str,
        engine: Engine = Engine.POSTGRESQL,
    ) -> None:
        """`source_name` is what an answer calls the source."""
        self.model = model
        self._compiler = Compiler(model, engine)
        self.members = Members(model, database, self._compiler)
        self._database = database
        self._source_name = source_name
        #: When the source last answered; None before it ever did.
        self.last_read_at: datetime | None = None
        #: None where the probe failed; and until when either holds.
        self._version: tuple[str | None, float] = (None, float("-inf"))
        self._probing = Lock()

    def answer(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> MetricTable:
        """The rows that the asker may see. No rows mean that there is nothing to tell.

        The table's query is the one that was run: its members written as in the database, and
        narrowed to the asker's own rows. Raises SalesNotPermitted, SalesQueryInvalid or
        SourceUnavailable.
        """
        return self.read(
            self.prepare(query, role=role, attributes=attributes, permitted_roles=permitted_roles)
        )

    def prepare(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> Prepared:
        """All but the reading of an answer: what the asker may see of it, as a statement.

        Raises as `answer`.
        """
        if role not in permitted_roles:
            raise SalesNotPermitted(f"{role!r} sees no sales figures")
        check_query(self.model, query)
        query = self._understood(query, role, attributes)
        return Prepared(query=query, compiled=self._compiler.query(query))

    def read(self, prepared: Prepared) -> MetricTable:
        """The rows of a statement, as they are now. Raises SourceUnavailable."""
        result = self._database.run(prepared.compiled)
        self.last_read_at = datetime.now(UTC)
        return self.table(
            prepared,
            tuple(_row(prepared.compiled, row) for row in result.rows),
            read_at=self.last_read_at.isoformat(timespec="milliseconds"),
            truncated=result.truncated,
        )

    def table(
        self,
        prepared: Prepared,
        rows: tuple[Mapping[str, Any], ...],
        *,
        read_at: str,
        truncated: bool,
        cached: bool = False,
    ) -> MetricTable:
        """Rows of a statement, read now or kept, as the answer to its query."""
        query, compiled = prepared.query, prepared.compiled
        if query.other and query.limit is not None:
            rows = (*rows[: query.limit], *(_rest(query, row) for row in rows[query.limit :]))
        return MetricTable(
            query=query,
            columns=compiled.columns,
            rows=() if _nothing(query, rows) else rows,
            sql=compiled.literal_sql,
            source=self._source_name,
            model_version=self.model.version,
            read_at=read_at,
            truncated=truncated,
            cached=cached,
        )

    def find_value(
        self, dimension: str, text: str, *, role: str, attributes: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The dimension's members that are most like a text, of those that the asker may see.

        Raises SalesNotPermitted, SalesQueryInvalid (no such dimension, or one whose members are
        nobody's to list), SourceUnavailable.
        """
        declared = self.model.dimensions.get(dimension)
        if declared is None or not declared.members:
            raise SalesQueryInvalid(f"no dimension with members is called {dimension!r}")
        own = own_member(self.model, role, attributes)
        if own is not None and dimension != self.model.row_scope[role].dimension:
            # Who is whose customer is a question about rows; the list of all is not theirs.
            raise SalesNotPermitted(f"{dimension!r} cannot be listed for one {role!r}")
        if own is None:
            return self.members.like(dimension, text)
        mine = [each for each in self.members.like(dimension, own) if folded(each) == folded(own)]
        return alike(text, mine)

    def data_version(self) -> str | None:
        """What the model's freshness probe said a moment ago; None where it declares none.

        Raises SourceUnavailable.
        """
        probe = self._compiler.freshness()
        if probe is None:
            return None
        version = self._version
        if monotonic() >= version[1]:
            # One asks for all: the others have its answer, or wait no longer than it is worth.
            if not self._probing.acquire(timeout=_VERSION_SECONDS):
                raise SourceUnavailable
            try:
                version = self._version
                if monotonic() >= version[1]:
                    version = (self._probed(probe), monotonic() + _VERSION_SECONDS)
                    self._version = version
            finally:
                self._probing.release()
        if version[0] is None:
            raise SourceUnavailable
        return version[0]

    def _probed(self, probe: Compiled) -> str | None:
        try:
            return "".join(str(row[0]) for row in self._database.run(probe).rows)
        except SourceUnavailable:
            return None

    def misfits(self) -> tuple[str, ...]:
        """What of the model the database does not have, or has otherwise; see `fitness.py`."""
        return tuple(misfits(self.model, self._database, self._compiler))

    def _understood(
        self, query: MetricQuery, role: str, attributes: Mapping[str, str]
    ) -> MetricQuery:
        own = own_member(self.model, role, attributes)
        named = {*query.filters, *query.exclude} | (
            {self.model.row_scope[role].dimension} if own is not None else set()
        )
        # A question that names no member must not wait for their names to be read.
        if any(self.model.dimensions[dimension].members for dimension in named):
            known = self._known(query, role, own)
            query = as_written(self.model, known, query)
            if own is not None:
                own = written(self.model, known, self.model.row_scope[role].dimension, own)
        return scoped(self.model, query, role, own)

    def _known(self, query: MetricQuery, role: str, own: str | None) -> Known:
        """The members that are kept, and of those that are not, the ones that the query may mean.

        A name that is only spelt otherwise would find no rows, which says something else.
        """
        known = self.members.all()
        named = [*query.filters.items(), *query.exclude.items()]
        if own is not None:
            named.append((self.model.row_scope[role].dimension, (own,)))
        more: dict[str, tuple[str, ...]] = {}
        for dimension, members in named:
            for member in members:
                if self.members.is_whole(dimension) or not isinstance(member, str):
                    continue
                if written(self.model, known, dimension, member) not in known[dimension]:
                    found = self.members.holding(dimension, member)
                    more[dimension] = (*more.get(dimension, known[dimension]), *found)
        return {**known, **more} if more else known


def _nothing(query: MetricQuery, rows: tuple[Mapping[str, Any], ...]) -> bool:
    """True for the one row of a total in which nothing was found to add up.

    A count of 0 is an answer. Beside a sum of nothing it is only nothing said twice.
    """
    if key_columns(query) or not rows:
        return False
    values = rows[0].values()
    return None in values and not any(values)


def _row(compiled: Compiled, row: tuple[Any, ...]) -> dict[str, Any]:
    cells = (cell(kind, value) for kind, value in zip(compiled.kinds, row, strict=True))
    return dict(zip(compiled.columns, cells, strict=True))


def _rest(query: MetricQuery, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of all that did not make the limit, which the statement gives no names."""
    return {**row, **dict.fromkeys(query.dimensions, OTHER)}
