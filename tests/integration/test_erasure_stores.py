"""Every table that hangs on a person is erased and exported, or excused by name."""

from collections.abc import Mapping

import psycopg
import pytest

from backend.store import export
from backend.store.database import Database
from backend.store.export import Exported
from backend.store.holdings import LEFT_ALONE, held
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_tenant, answer_next, ask, opened

#: A column of one of these names tells of a person, or of something of theirs.
TELLING = {
    "person_id",
    "user_id",
    "conversation_id",
    "turn_id",
    "message_id",
    "subject_id",
    "asked",
}


def tables_of_persons(dsn: str) -> set[str]:
    """Those with such a column, and those that refer to one of them, however far."""
    with psycopg.connect(dsn) as conn:
        columns = conn.execute(
            """
            SELECT c.relname, array_agg(a.attname::text) FROM pg_class c
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND NOT c.relispartition
             GROUP BY c.relname
            """
        ).fetchall()
        references = conn.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conparentid = 0"
        ).fetchall()
    found = {"persons"} | {table for table, names in columns if TELLING & set(names)}
    while more := {table for table, target in references if target in found} - found:
        found |= more
    # What is made for another table's rows, like chunks of an import.
    with_imports = {table for table, names in columns if "import_id" in names}
    return found | with_imports


def unaccounted(dsn: str) -> set[str]:
    return tables_of_persons(dsn) - {holding.table for holding in held()} - set(LEFT_ALONE)


def test_every_table_of_persons_is_held_or_excused(database: MigratedDatabase) -> None:
    assert unaccounted(database.owner_dsn) == set()


def test_nothing_is_listed_that_does_not_exist(database: MigratedDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        rows = conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {*(holding.table for holding in held()), *LEFT_ALONE} <= {row[0] for row in rows}


@pytest.mark.parametrize(
    "columns",
    [
        "person_id uuid",
        "turn_id uuid, rating integer",
        "tenant_id uuid, about uuid, FOREIGN KEY (tenant_id, about) REFERENCES persons",
    ],
)
def test_a_new_table_would_be_missed(database: MigratedDatabase, columns: str) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute(f"CREATE TABLE feelings ({columns})".encode())
    assert unaccounted(database.owner_dsn) == {"feelings"}


def test_an_export_has_every_table_of_the_list(database: MigratedDatabase) -> None:
    with opened(database.app_dsn) as app, opened(database.owner_dsn) as owner:
        tenant_id = a_tenant(owner).id
        ask(app, tenant_id, key="key")
        answer_next(app)
        whose = export.whom(app, tenant_id, "123")
        told = rows_of(app, whose)
    assert list(told) == [
        *(holding.table for holding in held() if not holding.is_of_turns),
        *(holding.table for holding in held() if holding.is_of_turns),
        "usage",
    ]
    assert (told["messages"], told["turns"], told["identities"]) == (2, 1, 1)


def rows_of(app: Database, whose: Exported) -> Mapping[str, int]:
    rows: dict[str, int] = {}
    for read in export.pages(app, whose):
        for store, found in read():
            rows[store] = rows.get(store, 0) + len(found)
    return rows


def test_an_export_comes_in_pages_and_whole(
    database: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "TURNS_AT_ONCE", 2)
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 2)
    with opened(database.app_dsn) as app, opened(database.owner_dsn) as owner:
        tenant_id = a_tenant(owner).id
        for number in range(5):
            ask(
                app,
                tenant_id,
                f"pergunta {number}",
                conversation=f"talk {number % 3}",
                key=f"k{number}",
            )
            answer_next(app)
        whose = export.whom(app, tenant_id, "123")
        sizes = [max(len(found) for _, found in read()) for read in export.pages(app, whose)]
        told = rows_of(app, whose)
    # Two turns have four messages: no page has more.
    assert max(sizes) == 4
    assert told["turns"] == 5
    assert told["messages"] == 10
    assert told["conversations"] == 3
    assert told["idempotency_keys"] == 5
    # What is still to be remembered of each.
    assert told["tasks"] == 5
