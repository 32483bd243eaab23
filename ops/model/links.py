"""Which foreign keys become joins: one way between two tables, and facts before what describes them.

Where a database declares no keys, equal names are taken for one, and said to be a guess.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend.semantic.joins import reached_twice
from backend.semantic.model import Join
from ops.model.database import Link, Relation

_Id = tuple[str | None, str]


def with_guessed_links(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Links by name for every table that declares none: orders.customer_id -> customers."""
    return tuple(
        each if each.links else replace(each, links=tuple(_guessed(each, relations)))
        for each in relations
    )


def ordered(relations: Sequence[Relation]) -> Iterator[tuple[Relation, Link]]:
    """The links, those that matter most first: of what nobody points at, to what many point at."""
    by_id = {each.id: each for each in relations}
    pairs = [(each, link) for each in relations for link in each.links if link.to in by_id]
    pointed_at = Counter(link.to for _, link in pairs)
    pairs.sort(key=lambda pair: (pointed_at[pair[0].id], -pointed_at[pair[1].to]))
    yield from pairs


def joins(
    pairs: Iterator[tuple[Relation, Link]], names: Mapping[_Id, str], keys: Mapping[_Id, str]
) -> tuple[list[tuple[Join, Link]], list[tuple[Join, str]]]:
    """Those that may stand together; and the others, each with the reason."""
    taken: list[tuple[Join, Link]] = []
    left: list[tuple[Join, str]] = []
    for relation, link in pairs:
        join = Join(
            table=names[relation.id],
            column=link.column,
            to=names[link.to],
            cardinality="one_to_one" if link.unique else "many_to_one",
        )
        so_far = (*(each for each, _ in taken), join)
        if keys.get(link.to) != link.to_column:
            left.append((join, f"{link.to_column!r} is not the key of {join.to!r} in this draft"))
        elif join.table == join.to:
            left.append((join, "a table cannot join itself; declare it under a second name"))
        elif any(reached_twice(so_far, each) for each in names.values()):
            left.append(
                (join, f"{join.to!r} is reached another way; declare it under a second name")
            )
        else:
            taken.append((join, link))
    return taken, left


def _guessed(relation: Relation, relations: Sequence[Relation]) -> Iterator[Link]:
    for column in relation.columns:
        if column.name == relation.key:
            continue
        for other in relations:
            key = other.column(other.key or "")
            if other is relation or key is None or key.type != column.type:
                continue
            if column.name.lower() in _names_of(other):
                yield Link(column=column.name, to=other.id, to_column=key.name, guessed=True)
                break


def _names_of(relation: Relation) -> frozenset[str]:
    """What a column that points at the relation is called."""
    key, name = (relation.key or "").lower(), relation.name.lower()
    singular = name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
    own = {f"{each}{joint}{key}" for each in (name, singular) for joint in ("", "_")}
    return frozenset(own | ({key} if key not in ("id", "code", "name") else set()))
