"""A first model of a database, for a person to finish: nothing in it is certified.

What holds personal data is left out and said to be; what was guessed says so.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend.semantic.engine import Engine
from backend.semantic.identifier import identifier
from backend.semantic.loading import load_model
from backend.semantic.model import Join
from ops.model.database import Link, Relation
from ops.model.errors import NothingToDraft
from ops.model.guesses import best_day, dimensions, measures, priced, text_days
from ops.model.links import joins, ordered, with_guessed_links
from ops.model.names import Names, plain_name
from ops.model.personal import personal

_Id = tuple[str | None, str]

_HEAD = """\
# Drafted from a live database: a start, not a model. TODO, in this order:
# 1. currency, time_zone, and the names people use: labels and synonyms in pt, en, es.
# 2. Each metric: is its sum right, which rows does it leave out (filter), by which day is it told?
#    Then write its definition and owner, and `certified: true`. Until then it is never told.
# 3. Delete what nobody should ask about. Add row_scope if sellers see only their own rows.
# knowledge/README.md describes every key.

name: {name}
currency: BRL  # TODO
time_zone: America/Sao_Paulo  # TODO
"""
_SCOPE = """
# TODO: whose rows each role sees. Without the attribute, none.
# row_scope:
#   seller: {dimension: seller, attribute: seller}
"""
_LONGEST = 63
#: What a statement calls its own passes, and words that YAML would not take for names.
_TAKEN = ("facts", "answer", "merged", "ranked", "true", "false", "null")


def draft(engine: Engine, found: Sequence[Relation], name: str = "drafted") -> str:
    """The YAML, which `load_model` accepts. Raises NothingToDraft."""
    relations = [each for each in with_guessed_links(found) if _nameable(each.name)]
    kept = {each.id: _kept(each) for each in relations}
    keys = {each.id: each.key for each in relations if each.key and each.key in kept[each.id]}
    relations = [
        _without_links_from_lost(each, kept[each.id]) for each in relations if kept[each.id]
    ]
    names = _names(relations)
    days = {each.id: best_day(each, kept[each.id]) for each in relations}
    taken, left = joins(ordered(relations), names, keys)
    free = Names()
    metrics = list(_metrics(relations, names, kept, days, [each for each, _ in taken], free))
    grouped = list(_dimensions(relations, names, kept, free))
    if not metrics or not grouped:
        raise NothingToDraft(
            "no table has both rows with a day and words to group them by; a model needs a day"
        )
    lines = [_HEAD.format(name=name), "tables:"]
    for each in relations:
        lines += _table(each, names[each.id], kept[each.id], keys.get(each.id), engine)
    lines += ["", *_joined(taken, left), "metrics:", *metrics, "", "dimensions:", *grouped, _SCOPE]
    text = "\n".join(lines)
    load_model(text, "draft")
    return text


def _kept(relation: Relation) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in relation.columns
        if each.type is not None
        and _nameable(each.name)
        and personal(each.name, relation.samples.get(each.name, ())) is None
    )


def _nameable(name: str) -> bool:
    """A model's names of tables and columns are at most as long as PostgreSQL's."""
    return 0 < len(name.encode(errors="replace")) <= _LONGEST and name.isprintable()


def _without_links_from_lost(relation: Relation, kept: Sequence[str]) -> Relation:
    return replace(relation, links=tuple(each for each in relation.links if each.column in kept))


def _names(relations: Sequence[Relation]) -> dict[_Id, str]:
    plain = {each.id: plain_name(each.name) for each in relations}
    often = Counter(plain.values())
    found: dict[_Id, str] = {}
    for each in relations:
        name = plain[each.id]
        if often[name] > 1:
            name = plain_name(f"{each.schema or ''} {each.name}")
        while name in found.values() or name in _TAKEN:
            name = f"{name[:50]}_rows"
        found[each.id] = name
    return found


def _table(
    relation: Relation, name: str, kept: Sequence[str], key: str | None, engine: Engine
) -> Iterator[str]:
    yield f"  {name}:"
    own = {Engine.DUCKDB: "main"}.get(engine, "public")
    # A dot in the relation's own name is not one after its schema.
    if "." in relation.name or relation.schema not in (own, None):
        yield f"    schema: {_scalar(relation.schema) if relation.schema else 'null'}"
    yield f"    relation: {_scalar(relation.name)}"
    if key:
        yield f"    key: {_scalar(key)}{'  # guessed: its values are unique' if relation.key_guessed else ''}"
    yield "    columns:"
    for each in relation.columns:
        reason = personal(each.name, relation.samples.get(each.name, ()))
        if each.name in kept:
            yield f"      {_scalar(each.name)}: {each.type}"
        elif reason:
            yield f"      # {_told(each.name)} is left out: it looks like {reason}"
        else:
            yield f"      # {_told(each.name)} is left out: a model has no word for {_told(each.written)}"
    for each_name in text_days(relation, kept):
        sql = f'cast(substring("{each_name}", 1, 10) as date)'
        yield f"    # TODO {_scalar(each_name)} is a day written as text. To tell figures by it:"
        yield f"    # computed: {{{plain_name(each_name)}_day: {{type: date, sql: {_scalar(sql)}}}}}"


def _joined(taken: list[tuple[Join, Link]], left: list[tuple[Join, str]]) -> Iterator[str]:
    if taken:
        yield "joins:"
    for join, link in taken:
        guess = "  # guessed from the names" if link.guessed else ""
        yield f"  - {_join(join)}{guess}"
    for join, reason in left:
        yield f"  # TODO left out: {_join(join)} ({reason})"
    yield ""


def _join(join: Join) -> str:
    one = ", cardinality: one_to_one" if join.cardinality == "one_to_one" else ""
    return f"{{table: {join.table}, column: {_scalar(join.column)}, to: {join.to}{one}}}"


def _metrics(
    relations: Sequence[Relation],
    names: Mapping[_Id, str],
    kept: Mapping[_Id, Sequence[str]],
    days: Mapping[_Id, str | None],
    taken: list[Join],
    free: Names,
) -> Iterator[str]:
    reach = _Reach(taken)
    for each in relations:
        day = reach.day(names[each.id], {names[key]: day for key, day in days.items() if day})
        if day is None:
            continue
        table = names[each.id]
        yield from _metric(free.name(f"{table}_count"), table, "count(*)", day, "count", free)
        lines = priced(each, kept[each.id])
        if lines is not None:
            price, quantity = (identifier(name).sql(dialect="postgres") for name in lines)
            name = free.name(f"{table}_value")
            yield "  # TODO without discounts and taxes: does the price include them?"
            yield from _metric(name, table, f"sum({price} * {quantity})", day, "money", free)
        for column, shown in measures(each, kept[each.id]):
            sql = f"sum({identifier(column.name).sql(dialect='postgres')})"
            name = free.name(f"{table}_{plain_name(column.name)}")
            yield from _metric(name, table, sql, day, shown, free)


class _Reach:
    """Which table's day a table's rows are told by."""

    def __init__(self, taken: list[Join]) -> None:
        self._joins = tuple(taken)

    def day(self, table: str, days: Mapping[str, str]) -> str | None:
        """Its own, or that of the nearest table that its rows belong to."""
        waiting = [table]
        while waiting:
            here = waiting.pop(0)
            if here in days:
                return f"{here}.{days[here]}"
            waiting += [join.to for join in self._joins if join.table == here]
        return None


def _metric(name: str, table: str, sql: str, day: str, shown: str, free: Names) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    table: {table}"
    yield f"    sql: {_scalar(sql)}"
    yield f"    date: {_scalar(day)}  # TODO is it told by this day?"
    yield f"    format: {shown}"
    label = free.label(name)
    yield f"    labels: {{pt: {_scalar(label)}}}  # TODO and en, es, synonyms, definition, owner"
    yield "    certified: false  # TODO"


def _dimensions(
    relations: Sequence[Relation],
    names: Mapping[_Id, str],
    kept: Mapping[_Id, Sequence[str]],
    free: Names,
) -> Iterator[str]:
    for each in relations:
        for column in dimensions(each, kept[each.id]):
            name = free.name(f"{names[each.id]}_by_{plain_name(column.name)}")
            label = free.label(f"{names[each.id]}_{plain_name(column.name)}")
            yield f"  {name}:"
            yield f"    table: {names[each.id]}"
            yield f"    column: {_scalar(column.name)}"
            yield "    members: true"
            yield f"    labels: {{pt: {_scalar(label)}}}  # TODO and en, es, synonyms, aliases"


def _told(text: str) -> str:
    """In a comment: one line, whatever the database calls it."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _scalar(text: str) -> str:
    """As YAML reads it back: plain where that is certain, quoted elsewhere."""
    if re.fullmatch(r"[a-z][a-z0-9_ ]*", text) and text not in ("true", "false", "null", "y", "n"):
        return text
    return json.dumps(text, ensure_ascii=False)
