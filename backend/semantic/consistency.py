"""What the parts of a semantic model must agree on, checked once when it is loaded."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from backend.domain.identity import Role
from backend.semantic.metric_consistency import problems_of_metrics
from backend.semantic.model import Freshness, SemanticModel
from backend.semantic.nearest import among
from backend.semantic.table_consistency import problems_of_joins, problems_of_tables
from backend.semantic.validity import PERIOD

# Names become SQL aliases and JSON keys. Postgres cuts an identifier at 63 bytes, and a metric's
# name gets a suffix for what it is compared with.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def problems_of(model: SemanticModel) -> Iterator[str]:
    """One sentence for each contradiction, beginning with its place in the text."""
    yield from _head(model)
    yield from _names(model)
    yield from problems_of_tables(model)
    joins = list(problems_of_joins(model))
    yield from joins
    if not joins:  # The rest walks the joins.
        yield from problems_of_metrics(model)
        yield from _dimensions(model)
    yield from _groups_and_scope(model)


def _head(model: SemanticModel) -> Iterator[str]:
    if not model.name.strip():
        yield "name: is empty; write a name for the model, such as sales"
    if re.fullmatch(r"[A-Z]{3}", model.currency) is None:
        yield f"currency: {model.currency!r} is not an ISO 4217 code, such as BRL"
    try:
        ZoneInfo(model.time_zone)
    except (KeyError, ValueError, OSError):
        yield f"time_zone: {model.time_zone!r} is not a known zone; {_zone(model.time_zone)}"
    if model.country is not None and re.fullmatch(r"[A-Z]{2}", model.country) is None:
        yield f"country: {model.country!r} is not an ISO 3166 code of two letters, such as BR"
    if not 1 <= model.fiscal_year_start <= 12:
        yield f"fiscal_year_start: {model.fiscal_year_start} is no month: give 1 to 12"
    yield from (
        f"{section}: there is none; declare one at least"
        for section in ("tables", "metrics", "dimensions")
        if not getattr(model, section)
    )
    if model.freshness is not None:
        yield from _freshness(model, model.freshness)


def _freshness(model: SemanticModel, freshness: Freshness) -> Iterator[str]:
    name, _, column = freshness.probe.partition(".")
    table = model.tables.get(name)
    if table is None:
        yield f"freshness.probe: unknown table {name!r}; {among(name, model.tables)}"
    elif table.type_of(column) is None:
        known = among(column, table.columns)
        yield f"freshness.probe: {name!r} declares no column {column!r}; {known}"


def _zone(written: str) -> str:
    near = get_close_matches(written, available_timezones(), n=1)
    return f"did you mean {near[0]!r}?" if near else "write one such as America/Sao_Paulo"


def _names(model: SemanticModel) -> Iterator[str]:
    for section, longest in (("tables", 63), ("metrics", 40), ("dimensions", 63), ("groups", 63)):
        for name in getattr(model, section):
            if _NAME.fullmatch(name) is None or len(name) > longest or "__" in name:
                yield (
                    f"{section}.{name}: a name is lower-case letters, digits and _ (never two"
                    f" together), up to {longest}"
                )
    for name in model.metrics.keys() & model.dimensions.keys():
        yield f"dimensions.{name}: is also the name of a metric; rename one"
    for section in ("metrics", "dimensions"):
        for name in getattr(model, section).keys() & {PERIOD}:
            yield f"{section}.{name}: this name is the grain's; choose another"
        for name in getattr(model, section):
            base = re.sub(r"_(previous|change|share)$", "", name)
            if base != name and base in model.metrics:
                yield f"{section}.{name}: is what a comparison of {base!r} is called; rename it"


def _dimensions(model: SemanticModel) -> Iterator[str]:
    for dimension in model.dimensions.values():
        place = f"dimensions.{dimension.name}"
        table = model.tables.get(dimension.table)
        kind = table.type_of(dimension.column) if table else None
        if table is None:
            yield f"{place}.table: unknown table {dimension.table!r}; {among(dimension.table, model.tables)}"
        elif kind is None:
            declared = among(dimension.column, (*table.columns, *table.computed))
            yield (
                f"{place}.column: {dimension.table!r} declares no column"
                f" {dimension.column!r}; {declared}"
            )
        elif dimension.members and kind != "text":
            yield f"{place}.members: only text has members that a question can name; remove it"
        if dimension.aliases and not dimension.members:
            yield f"{place}.aliases: aliases are of members; add 'members: true'"


def _groups_and_scope(model: SemanticModel) -> Iterator[str]:
    for group in model.groups.values():
        for metric in group.metrics:
            if metric not in model.metrics:
                yield f"groups.{group.name}: unknown metric {metric!r}; {among(metric, model.metrics)}"
        if len(set(group.metrics)) < 2:
            yield f"groups.{group.name}: a group means two metrics or more; use a synonym for one"
    for scope in model.row_scope.values():
        if scope.role not in set(Role):
            # A scope for a role that nobody has would narrow nobody.
            yield f"row_scope.{scope.role}: unknown role; {among(scope.role, Role, 'known')}"
        if scope.dimension not in model.dimensions:
            unknown = f"unknown dimension {scope.dimension!r}"
            yield f"row_scope.{scope.role}: {unknown}; {among(scope.dimension, model.dimensions)}"
