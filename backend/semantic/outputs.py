"""The columns of an answer, in order, and what each holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from backend.domain.sales import MetricQuery
from backend.semantic.cells import CellKind
from backend.semantic.model import SemanticModel
from backend.semantic.parts import is_integer
from backend.semantic.validity import PERIOD, key_columns

Role = Literal["key", "value", "previous", "change", "share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    name: str
    role: Role
    kind: CellKind
    #: Of every role but "key".
    metric: str = ""


def outputs(model: SemanticModel, query: MetricQuery) -> tuple[Output, ...]:
    """Keys first, then each metric with what is told beside it."""
    return (*_keys(model, query), *_figures(model, query))


def _keys(model: SemanticModel, query: MetricQuery) -> Iterator[Output]:
    for name in key_columns(query):
        kind: CellKind = "date" if name == PERIOD else _kind_of_key(model, name)
        yield Output(name=name, role="key", kind=kind)


def _figures(model: SemanticModel, query: MetricQuery) -> Iterator[Output]:
    for metric in dict.fromkeys(query.metrics):
        kind: CellKind = "integer" if is_integer(model, metric) else "number"
        yield Output(name=metric, role="value", kind=kind, metric=metric)
        if query.compare is not None:
            yield Output(name=f"{metric}_previous", role="previous", kind=kind, metric=metric)
            yield Output(name=f"{metric}_change", role="change", kind="number", metric=metric)
        if query.share:
            yield Output(name=f"{metric}_share", role="share", kind="number", metric=metric)


def _kind_of_key(model: SemanticModel, name: str) -> CellKind:
    kind = model.type_of(name)
    if kind in ("date", "datetime", "timestamp"):
        return "date"
    if kind == "integer" or kind == "boolean":
        return kind
    return "text" if kind == "text" else "number"
