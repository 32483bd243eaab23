"""What travels about data sources and metrics, as msgspec structs."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from backend.api.schemas import Name, check_name
from backend.domain.sales import Comparison, Grain, Operator

#: A model of 500 metrics with words in three languages is about this.
MODEL_CHARACTERS = 200_000
QUESTION_CHARACTERS = 8_000

EngineName = Literal["postgresql", "sqlite", "duckdb", "mysql", "mssql"]


Dsn = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2_000,
        description="`postgresql://…`, or `sqlite:////path` and `duckdb:////path` to a file "
        "(or a folder of CSV or Parquet) in a directory that DATA_SOURCE_DIRS allows. "
        "Encrypted at rest and never returned.",
    ),
]


class _SourceFields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name
    engine: Annotated[
        EngineName, Meta(description="mysql and mssql are refused: never executed so far.")
    ]
    model: Annotated[
        str, Meta(min_length=1, max_length=MODEL_CHARACTERS, description="The model, as YAML.")
    ]
    default: (
        Annotated[
            bool,
            Meta(
                description="What questions are about that name no source. There is one: a new "
                "one takes the place of the one before, a first source is it, and the oldest "
                "becomes it when it goes. Absent: as it was."
            ),
        ]
        | None
    ) = None

    def __post_init__(self) -> None:
        check_name(self.name, "name")


class DataSourceBody(_SourceFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client's database, and what its figures mean."""

    dsn: Dsn


class DataSourceChange(_SourceFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a data source is from now on. Its login, which nobody can read back, may stay."""

    dsn: Annotated[Dsn, Meta(description="Absent: the stored one.")] | None = None


class SourceProblem(Struct, frozen=True, kw_only=True):
    code: str
    detail: str


class DataSourceItem(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    engine: str
    default: bool
    updated_at: datetime


class DataSourceList(Struct, frozen=True, kw_only=True):
    data_sources: list[DataSourceItem]


class SourceTest(Struct, frozen=True, kw_only=True):
    """What was found when a source was looked at just now."""

    ok: bool
    connected: bool
    read_only: Annotated[bool, Meta(description="null: nobody could be asked.")] | None
    problems: list[SourceProblem]


#: Of one dimension: more than a person chooses, and few enough to write into a statement.
Members = Annotated[list[Annotated[str, Meta(max_length=1_000)]], Meta(max_length=1_000)]


class Threshold(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    metric: Name
    op: Operator
    value: float


class MetricQueryBody(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Certified figures that are asked for; days are inclusive, and without them it is all time."""

    metrics: Annotated[list[Name], Meta(min_length=1, max_length=50)]
    dimensions: Annotated[list[Name], Meta(max_length=20)] = []
    filters: Annotated[dict[str, Members], Meta(max_length=50)] = {}
    exclude: Annotated[dict[str, Members], Meta(max_length=50)] = {}
    from_: date | None = field(name="from", default=None)
    to: date | None = None
    grain: Grain | None = None
    compare: Comparison | None = None
    order: Literal["desc", "asc"] | None = None
    order_by: Name | None = None
    limit: Annotated[int, Meta(ge=1, le=2_000)] | None = None
    other: bool = False
    having: Annotated[list[Threshold], Meta(max_length=20)] = []
    share: bool = False
    cumulative: bool = False
    without: Name | None = None
    data_source: Annotated[Name, Meta(description="Id or name. Default: the tenant's.")] | None = (
        None
    )


class MetricRows(Struct, frozen=True, kw_only=True):
    """Rows by the names of dimensions and metrics, with the statement they came from."""

    rows: list[dict[str, Any]]
    sql: Annotated[str, Meta(description="With its values as literals, runnable as printed.")]
    provenance: dict[str, Any]


class ParseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question in everyday words."""

    question: Annotated[str, Meta(min_length=1, max_length=QUESTION_CHARACTERS)]
    language: (
        Annotated[
            str,
            Meta(
                pattern="^(pt|en|es)([-_][A-Za-z0-9]{1,8})*$",
                description="`pt`, `en` or `es`, also as `pt-BR`: what decides where the words do "
                "not.",
            ),
        ]
        | None
    ) = None
    conversation_id: (
        Annotated[
            Name,
            Meta(
                description="Ours or your own name for it: whose last query a follow-up goes on "
                "from."
            ),
        ]
        | None
    ) = None
    data_source: Annotated[Name, Meta(description="Id or name. Default: the tenant's.")] | None = (
        None
    )

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise ValueError("`question` is blank")


class Parse(Struct, frozen=True, kw_only=True):
    """How a question was read. `complete`: every word found its meaning."""

    query: dict[str, Any] | None
    complete: bool
    not_understood: list[str]
    readings: Annotated[
        list[dict[str, Any]], Meta(description="Where the words may mean several queries.")
    ]
    language: str
    follow_up: bool


class Catalog(Struct, frozen=True, kw_only=True):
    """What may be asked of a source."""

    name: str
    title: dict[str, str]
    model_version: str
    currency: str
    time_zone: str
    metrics: list[dict[str, Any]]
    dimensions: list[dict[str, Any]]
