"""No function of the store gives one tenant, or one person, another's words, or changes their rows.

Two walls stand between tenants: row-level security, and the tenant that each statement names. Each is
tried alone. A function that is new must be added to `isolation_scene.py`, or to those that need not be.
"""

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backend.store
from backend.domain.errors import SalesCrewError
from backend.store import export, talk
from backend.store.database import Database
from tests.conftest import MigratedDatabase
from tests.integration.isolation_calls import NOT_ASKED, READS, WRITES, Attempt, Call
from tests.integration.isolation_scene import (
    OfAnother,
    Owned,
    populate,
    rows_of,
    two_tenants,
    without_policies,
)

#: Without any wall these tell nothing that is recognisably somebody's: names, counts and figures.
TELL_NOTHING = {
    "chat_clients.agents",
    "facts.asked_model",
    "folding.size",
    "imports.is_over",
    "queue.lanes",
    "queue.recent_failures",
    "tenants.agent",
    "turn_list.total",
    "turn_list.usage",
}

Scene = tuple[Database, Owned, Owned]


@pytest.fixture(scope="module")
def walled(module_database: MigratedDatabase) -> Iterator[Scene]:
    with two_tenants(module_database) as scene:
        yield scene


@pytest.fixture
def bare(database: MigratedDatabase) -> Iterator[Scene]:
    """Without row-level security."""
    with two_tenants(database) as scene:
        without_policies(database.superuser_dsn)
        yield scene


def outcome(call: Call, attempt: Attempt) -> str:
    """What it gave, or how it was refused, as text."""
    try:
        return repr(call(attempt))
    except (SalesCrewError, psycopg.Error, IndexError) as error:
        return repr(error)


def in_the_name_of(scene: Scene, name: str, *, of: Owned | None = None) -> str:
    """The call as mine, with the other's ids."""
    app, mine, theirs = scene
    with suppress(psycopg.Error), app.tenant(mine.tenant_id) as conn:
        said = outcome(
            {**READS, **WRITES}[name],
            Attempt(app=app, conn=conn, tenant_id=mine.tenant_id, of=of or theirs),
        )
    return said


def tells_of(said: str, owned: Owned) -> bool:
    """Whether it has the word that only they have, or the id of something of theirs."""
    ids = {str(getattr(owned, each.name)) for each in fields(owned) if each.name.endswith("_id")}
    return owned.canary in said or any(each in said for each in ids | {str(owned.open_turn)})


def asked_for() -> set[str]:
    """The store's functions that have a tenant or a person among their arguments."""
    found = set()
    for module in pkgutil.iter_modules(backend.store.__path__):
        loaded = importlib.import_module(f"backend.store.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == loaded.__name__ and not name.startswith("_"):
                given = typing.get_type_hints(function)
                given.pop("return", None)
                if any(_names_somebody(each, kind) for each, kind in given.items()):
                    found.add(f"{module.name}.{name}")
    return found


def _names_somebody(name: str, kind: Any) -> bool:
    held = getattr(kind, "__dataclass_fields__", {})
    return bool({"tenant_id", "person_id"} & {name, *held})


def test_every_function_that_names_a_tenant_or_a_person_is_tried_here() -> None:
    assert asked_for() == {*READS, *WRITES, *NOT_ASKED}


@pytest.mark.parametrize("name", READS)
def test_with_both_walls_nothing_of_another_tenants_is_read(walled: Scene, name: str) -> None:
    assert walled[2].canary not in in_the_name_of(walled, name)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(READS)),
    foreign=st.sets(st.sampled_from([each.name for each in fields(Owned)])),
)
def test_nor_with_any_mixture_of_ids(walled: Scene, name: str, foreign: set[str]) -> None:
    _, mine, theirs = walled
    mixed = replace(mine, **{each: getattr(theirs, each) for each in foreign - {"canary"}})
    assert theirs.canary not in in_the_name_of(walled, name, of=mixed)


def test_the_statements_alone_keep_tenants_apart(bare: Scene) -> None:
    assert [name for name in READS if bare[2].canary in in_the_name_of(bare, name)] == []


def test_the_policies_alone_keep_tenants_apart(walled: Scene) -> None:
    app, mine, theirs = walled
    leaking = []
    for name, call in READS.items():
        with app.tenant(mine.tenant_id) as conn:
            attempt = Attempt(
                app=OfAnother(app, mine.tenant_id),
                conn=conn,
                tenant_id=theirs.tenant_id,
                of=theirs,
            )
            if theirs.canary in outcome(call, attempt):
                leaking.append(name)
    assert leaking == []


def test_with_both_walls_away_the_same_calls_would_tell(bare: Scene) -> None:
    app, mine, theirs = bare
    silent = set()
    for name, call in READS.items():
        with app.tenant(mine.tenant_id) as conn:
            attempt = Attempt(
                app=OfAnother(app, mine.tenant_id),
                conn=conn,
                tenant_id=theirs.tenant_id,
                of=theirs,
            )
            if not tells_of(outcome(call, attempt), theirs):
                silent.add(name)
    assert silent == TELL_NOTHING


def test_what_is_written_changes_nothing_of_another_tenants(
    walled: Scene, module_database: MigratedDatabase
) -> None:
    before = rows_of(module_database.superuser_dsn, walled[2].tenant_id)
    for name in WRITES:
        in_the_name_of(walled, name)
    assert rows_of(module_database.superuser_dsn, walled[2].tenant_id) == before


def test_nor_do_the_statements_alone(bare: Scene, database: MigratedDatabase) -> None:
    before = rows_of(database.superuser_dsn, bare[2].tenant_id)
    for name in WRITES:
        in_the_name_of(bare, name)
    assert rows_of(database.superuser_dsn, bare[2].tenant_id) == before


def test_a_change_would_be_seen(database: MigratedDatabase) -> None:
    with two_tenants(database) as (app, _, theirs):
        before = rows_of(database.superuser_dsn, theirs.tenant_id)
        with app.tenant(theirs.tenant_id) as conn:
            WRITES["imports.done"](
                Attempt(app=app, conn=conn, tenant_id=theirs.tenant_id, of=theirs)
            )
        assert rows_of(database.superuser_dsn, theirs.tenant_id) != before


#: What is read of one person, whoever else the tenant has.
OF_ONE_PERSON = ("talk.talk", "export.pages", "people.find", "chat_clients.last_asked")


@pytest.fixture
def neighbours(database: MigratedDatabase) -> Iterator[tuple[Database, Owned, Owned]]:
    """Two people of one tenant, whose talks are called alike."""
    with two_tenants(database) as (app, mine, _):
        yield app, mine, populate(app, mine.tenant_id, "other6605", user="456")


def test_a_person_is_found_by_nobody_elses_words(
    neighbours: tuple[Database, Owned, Owned],
) -> None:
    """I look for the words of another, by all of their words and by a meaning that everything has."""
    app, mine, other = neighbours
    looking = replace(other, person_id=mine.person_id)
    for name in OF_ONE_PERSON:
        with app.tenant(mine.tenant_id) as conn:
            said = outcome(
                READS[name],
                Attempt(app=app, conn=conn, tenant_id=mine.tenant_id, of=looking),
            )
        assert other.canary not in said, name
        assert mine.canary in said or name == "chat_clients.last_asked"


def test_they_find_them_themselves(neighbours: tuple[Database, Owned, Owned]) -> None:
    app, _, other = neighbours
    with app.tenant(other.tenant_id) as conn:
        attempt = Attempt(app=app, conn=conn, tenant_id=other.tenant_id, of=other)
        assert other.canary in outcome(READS["talk.talk"], attempt)
    whose = export.whom(app, other.tenant_id, "456")
    assert other.canary in repr([read() for read in export.pages(app, whose)])


def test_without_the_person_in_the_statement_recall_would_tell(
    neighbours: tuple[Database, Owned, Owned], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, mine, other = neighbours
    for name in ("hits", "lines"):
        statement = talk._SQL[name]
        careless = re.sub(r"\b(?:\w+\.)?person_id = %\(person_id\)s", "true", statement)
        assert careless != statement
        monkeypatch.setitem(talk._SQL, name, careless)
    looking = replace(other, person_id=mine.person_id)
    with app.tenant(mine.tenant_id) as conn:
        attempt = Attempt(app=app, conn=conn, tenant_id=mine.tenant_id, of=looking)
        assert other.canary in outcome(READS["talk.talk"], attempt)
