"""From a MetricQuery to one SELECT, built from declared names only; what a person wrote is bound.

What a figure means where something is missing or equal, on every engine alike:

- A row that belongs to nobody (a NULL key, a key that points nowhere) still counts, under None.
- A sum of no rows is None, a count of none 0. Beside other metrics too.
- `filters` keep the rows of the members named; `exclude` keeps all others, those of nobody too.
- A ratio divided by zero or by nothing is None. Ratios, averages and shares have 10 decimals.
- `<metric>_change` is the difference as a fraction of the previous figure's size. None where that
  is 0 or None; -1 where a sum went from something to no rows. Rows of either period appear.
- `<metric>_share` is a fraction of the figure over all rows that the filters leave, whatever
  `having` and `limit` hide.
- Rows are in the order asked for; else by period, else the largest first. None comes last either
  way, and ties are settled by the keys, text by its bytes: the same limit keeps the same rows.
- `having` drops rows whose figure is None.
- A period without rows has no row, and a running total none there.
- `other` adds up what the limit left out; a figure that cannot be added up is refused.
- `without` lists members of the dimension's own table that have no row of the metric in the period;
  their figures are those of a member without rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from sqlglot import exp

from backend.domain.sales import MetricQuery
from backend.semantic.cells import CellKind
from backend.semantic.dialects.dialect import Dialect
from backend.semantic.dialects.known import DIALECTS
from backend.semantic.engine import Engine
from backend.semantic.exactness import spoken
from backend.semantic.expression import source_column
from backend.semantic.fact import Asked, table_source
from backend.semantic.gate import check_statement
from backend.semantic.identifier import identifier
from backend.semantic.member_select import all_members, members_holding, words_of
from backend.semantic.model import SemanticModel
from backend.semantic.outputs import outputs
from backend.semantic.placeholder import filled, pieces
from backend.semantic.slots import shape, slot_values
from backend.semantic.statement import select_of
from backend.semantic.togetherness import check_together
from backend.semantic.validity import check_query
from backend.semantic.values import Value

#: The most rows that an answer holds: five years of days (1,827) fit, a dump of a table does not.
#: Without a smaller limit a statement asks for one row more, which tells that the answer is cut.
ROW_LIMIT = 2_000
#: The most members of one dimension that a question's words are compared with: names of this
#: many customers are about a megabyte, read every few minutes.
MEMBER_LIMIT = 50_000
#: The most members that are looked through for the few that are most like a text.
HOLDING_LIMIT = 500
#: Shapes of questions that are kept compiled, a few kilobytes each.
_SHAPES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A statement in two spellings of one tree."""

    #: With the engine's placeholders, for `params`.
    sql: str
    params: Mapping[str, object]
    #: With the values as literals, runnable as printed.
    literal_sql: str
    columns: tuple[str, ...]
    #: What each column holds; see `cells.py`.
    kinds: tuple[CellKind, ...]
    #: More rows than this mean that the result was cut.
    row_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A statement without its values: what all questions of one form share."""

    sql: str
    literal: tuple[str, ...]
    columns: tuple[str, ...]
    kinds: tuple[CellKind, ...]
    row_limit: int


class Compiler:
    """Compiles the questions to one model on one engine. Thread-safe."""

    def __init__(self, model: SemanticModel, engine: Engine = Engine.POSTGRESQL) -> None:
        self._model = model
        self._dialect = DIALECTS[engine]
        self._shapes: dict[object, _Shape] = {}
        self._lock = Lock()

    def query(self, query: MetricQuery) -> Compiled:
        """Raises SalesQueryInvalid, naming what the model does not define or cannot put together."""
        check_query(self._model, query)
        check_together(self._model, query)
        values = slot_values(self._model, query)
        key = (_form(query), shape(values))
        found = self._shapes.get(key)
        if found is None:
            found = self._shaped(query, values)
            with self._lock:
                if len(self._shapes) >= _SHAPES:
                    self._shapes.clear()
                self._shapes[key] = found
        return self._filled(found, values)

    def members(self, dimension: str) -> Compiled:
        """The distinct members of a dimension that the model declares."""
        select = all_members(self._model, dimension, self._dialect, MEMBER_LIMIT + 1)
        return self._filled(self._checked(select, {}, (dimension,), ("text",), MEMBER_LIMIT), {})

    def members_holding(self, dimension: str, text: str) -> Compiled | None:
        """The members that hold every word of the text; None if it has no words."""
        words = words_of(text)
        if not words:
            return None
        select = members_holding(
            self._model, dimension, len(words), self._dialect, HOLDING_LIMIT + 1
        )
        values = {f"word_{place}": word for place, word in enumerate(words)}
        shape = self._checked(select, values, (dimension,), ("text",), HOLDING_LIMIT)
        return self._filled(shape, values)

    def freshness(self) -> Compiled | None:
        """The model's probe: another value means that the data has changed."""
        if self._model.freshness is None:
            return None
        table, _, name = self._model.freshness.probe.partition(".")
        latest = exp.Max(this=self._source(table, name)).as_(identifier("freshness"))
        return self._plain(exp.select(latest), table, ("freshness",), "text")

    def keys(self, table: str) -> Compiled:
        """How many rows have a key, and how many different keys there are."""
        key = self._source(table, self._model.tables[table].key or "")
        named = exp.Count(this=key).as_(identifier("named"))
        different = exp.Count(this=exp.Distinct(expressions=[key.copy()]))
        select = exp.select(named, different.as_(identifier("different")))
        return self._plain(select, table, ("named", "different"), "integer")

    def sample(self, table: str, columns: Sequence[str] = ()) -> Compiled:
        """One row of a table's columns; of all that are declared, if none is named."""
        declared = self._model.tables[table]
        names = tuple(columns) or (*declared.columns, *declared.computed)
        # Their names may be anything; ours are not.
        aliases = tuple(f"column_{number}" for number, _ in enumerate(names))
        select = exp.select(
            *(
                self._source(table, name).as_(identifier(alias))
                for name, alias in zip(names, aliases, strict=True)
            )
        )
        return self._plain(select, table, aliases, "text")

    def _plain(
        self, select: exp.Select, table: str, columns: tuple[str, ...], kind: CellKind
    ) -> Compiled:
        select = select.from_(table_source(self._model, table, self._dialect)).limit(1)
        kinds = (kind,) * len(columns)
        return self._filled(self._checked(select, {}, columns, kinds, 1), {})

    def _source(self, table: str, name: str) -> exp.Expr:
        tree = source_column(self._model.tables, table, name)
        return spoken(tree, self._dialect, self._model.tables)

    def _shaped(self, query: MetricQuery, values: Mapping[str, Value]) -> _Shape:
        asked = Asked(model=self._model, query=query, dialect=self._dialect, values=values)
        columns = outputs(self._model, query)
        return self._checked(
            select_of(asked, ROW_LIMIT),
            values,
            tuple(each.name for each in columns),
            tuple(each.kind for each in columns),
            # The rest's own row.
            ROW_LIMIT + int(query.other),
        )

    def _checked(
        self,
        select: exp.Select,
        values: Mapping[str, Value],
        columns: tuple[str, ...],
        kinds: tuple[CellKind, ...],
        row_limit: int,
    ) -> _Shape:
        found = _Shape(
            sql=_bound(self._dialect.sql(select), self._dialect),
            literal=pieces(self._dialect.sql(select, pretty=True)),
            columns=columns,
            kinds=kinds,
            row_limit=row_limit,
        )
        # As the server will read it. Values change afterwards, the text that was checked does not.
        literal = filled(found.literal, lambda name: self._dialect.literal(values[name]))
        check_statement(self._model, literal, row_limit=row_limit + 1, engine=self._dialect.engine)
        return found

    def _filled(self, found: _Shape, values: Mapping[str, Value]) -> Compiled:
        dialect = self._dialect
        return Compiled(
            sql=found.sql,
            params={name: dialect.parameter(values[name]) for name in found.literal[1::2]},
            literal_sql=filled(found.literal, lambda name: dialect.literal(values[name])),
            columns=found.columns,
            kinds=found.kinds,
            row_limit=found.row_limit,
        )


def compile_query(
    model: SemanticModel, query: MetricQuery, engine: Engine = Engine.POSTGRESQL
) -> Compiled:
    """One query, with nothing kept. Raises SalesQueryInvalid."""
    return Compiler(model, engine).query(query)


def compile_members(
    model: SemanticModel, dimension: str, engine: Engine = Engine.POSTGRESQL
) -> Compiled:
    """See Compiler.members."""
    return Compiler(model, engine).members(dimension)


def _bound(text: str, dialect: Dialect) -> str:
    parts = pieces(text)
    return "".join(
        dialect.placeholder(part) if place % 2 else dialect.escaped(part)
        for place, part in enumerate(parts)
    )


def _form(query: MetricQuery) -> object:
    """All of a query that a statement's text depends on, but for its values' names and types."""
    return (
        *(query.metrics, query.dimensions, query.grain, query.compare, query.order),
        *(query.order_by, query.limit, query.other, query.share, query.cumulative, query.without),
        tuple((each.metric, each.op) for each in query.having),
    )
