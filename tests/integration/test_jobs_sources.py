"""Data sources are opened once, at most so many at a time, and never closed under a question."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from backend.answering.world import Source
from backend.domain.errors import SourceUnavailable
from backend.domain.identity import new_id
from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.jobs import sources as opening
from backend.jobs.sources import OpenSources
from backend.semantic.source_file import SourceRefused
from backend.store import data_sources
from backend.store.data_sources import KeptSource
from backend.store.database import Database
from backend.store.seal import Seal
from tests.conftest import MigratedDatabase
from tests.integration.figures_stage import MODEL, SALES
from tests.integration.patience import until
from tests.integration.stage import Tenant, a_tenant, opened
from tests.integration.three_engines import into_sqlite

SEAL = Seal("a secret of these tests")
TODAY = date(2026, 11, 24)
REVENUE = MetricQuery(metrics=("revenue",))


class Shelf:
    """A tenant's sources, each a SQLite file of its own."""

    def __init__(self, app: Database, tenant: Tenant, folder: Path) -> None:
        self.app = app
        self.tenant = tenant
        self.folder = folder
        self.open = OpenSources(SEAL, (folder,))

    def add(self, name: str) -> KeptSource:
        into_sqlite(self.folder / f"{name}.sqlite", [SALES])
        kept = KeptSource(
            id=new_id(),
            name=name,
            engine="sqlite",
            sealed_dsn=SEAL.close(f"sqlite:///{self.folder / name}.sqlite"),
            model=MODEL,
            is_default=None,
        )
        data_sources.add(self.app, self.tenant.id, kept)
        return kept

    def find(self, name: str) -> Source:
        with self.app.tenant(self.tenant.id) as conn:
            opens = self.open.find(conn, self.tenant.id, name)
        return opens()


@pytest.fixture
def shelf(database: MigratedDatabase, tmp_path: Path) -> Iterator[Shelf]:
    with opened(database.owner_dsn, size=2) as owner, opened(database.app_dsn) as app:
        shelf = Shelf(app, a_tenant(owner), tmp_path)
        yield shelf
        shelf.open.close()


def revenue(source: Source) -> object:
    assert source.layer is not None
    table = source.layer.answer(
        REVENUE, role="manager", attributes={}, permitted_roles=frozenset({"manager"})
    )
    return table.rows[0]["revenue"]


def last_read_at(source: Source) -> datetime | None:
    assert source.layer is not None
    return source.layer.last_read_at


def test_a_source_is_opened_once_until_it_is_changed(shelf: Shelf) -> None:
    kept = shelf.add("shop")
    first = shelf.find("shop")
    again = shelf.find("shop")
    assert again.layer is first.layer
    assert again.parser is first.parser

    changed = replace(kept, model=MODEL.replace("takings", "earnings"))
    data_sources.replace(shelf.app, shelf.tenant.id, changed)
    other = shelf.find("shop")

    assert other.layer is not first.layer
    for source, known in ((first, True), (other, False)):
        reading = source.parser.read(
            "takings in October", today=TODAY, previous=None, language=Language.ENGLISH
        )
        assert reading.complete is known
    # Whoever had it before it was changed ends with it.
    assert revenue(first) == revenue(other) == 457


def test_the_source_used_least_recently_is_closed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_OPEN", 2)
    for name in ("a", "b", "c"):
        shelf.add(name)
    a, b = shelf.find("a"), shelf.find("b")
    assert shelf.find("a").layer is a.layer

    shelf.find("c")

    assert len(shelf.open._open) == 2
    assert shelf.find("a").layer is a.layer
    # A turn that still holds it reads on; the next one has another.
    assert revenue(b) == 457
    assert shelf.find("b").layer is not b.layer
    assert len(shelf.open._open) == 2


def test_one_that_is_being_read_is_not_the_one_to_close(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_OPEN", 2)
    for name in ("a", "b", "c"):
        shelf.add(name)
    a, b = shelf.find("a"), shelf.find("b")
    client = next(iter(shelf.open._open.values())).client
    client._enter()
    try:
        shelf.find("c")
    finally:
        client._leave()

    assert shelf.find("a").layer is a.layer
    assert shelf.find("b").layer is not b.layer


def test_when_it_was_last_read_outlives_its_being_open(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_OPEN", 1)
    for name in ("a", "b"):
        shelf.add(name)
    a = shelf.find("a")
    assert last_read_at(a) is None
    revenue(a)
    read_at = last_read_at(a)
    assert read_at is not None

    shelf.find("b")
    (shelf.folder / "a.sqlite").unlink()
    again = shelf.find("a")

    assert again.layer is not a.layer
    assert last_read_at(again) == read_at
    assert again.silent
    with pytest.raises(SourceUnavailable):
        revenue(again)


@pytest.mark.parametrize("many", [5_000, 1])
def test_new_names_are_known_and_the_same_ones_are_not_learned_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Few are learned before the question, many behind it."""
    monkeypatch.setattr(opening, "_MANY_NAMES", many)
    now = [1000.0]
    monkeypatch.setattr("backend.semantic.members.monotonic", lambda: now[0])
    shelf.add("shop")
    first = shelf.find("shop")
    now[0] += 7200
    assert shelf.find("shop").parser is first.parser

    with_west = replace(SALES, rows=[*SALES.rows, (date(2026, 11, 4), "Westland", 1)])
    (shelf.folder / "shop.sqlite").unlink()
    into_sqlite(shelf.folder / "shop.sqlite", [with_west])
    assert first.layer is not None
    shelf.open._open[next(iter(shelf.open._open))].client.rest()
    now[0] += 7200

    def known() -> bool:
        reading = shelf.find("shop").parser.read(
            "revenue in Westland", today=TODAY, previous=None, language=Language.ENGLISH
        )
        return reading.query is not None and reading.query.filters == {"region": ("Westland",)}

    if many == 1:
        until(known)
    assert known()


def test_a_file_outside_the_directories_is_not_opened(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add("shop")
    shelf.open.close()
    shelf.open = OpenSources(SEAL, (tmp_path / "elsewhere",))

    with pytest.raises(SourceRefused):
        shelf.find("shop")


def test_a_tenant_without_a_source_has_a_language_all_the_same(shelf: Shelf) -> None:
    with shelf.app.tenant(shelf.tenant.id) as conn:
        source = shelf.open.find(conn, shelf.tenant.id, None)()
    assert source.layer is None
    reading = source.parser.read(
        "Quais foram as vendas?", today=TODAY, previous=None, language=Language.ENGLISH
    )
    assert (reading.query, reading.language) == (None, Language.PORTUGUESE)
