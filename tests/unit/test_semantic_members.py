"""Names are read behind a question, never in front of it twice; those that are not kept are asked for."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.domain.errors import SalesNotPermitted, SourceUnavailable
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.engine import EXECUTED, Engine
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.members import Members
from backend.semantic.source import Result
from tests.unit.semantic_model import MODEL, TEXT

PERMITTED = frozenset({"manager", "seller"})


class Names:
    """A database of names. Those in `slow` cannot be listed, those in `cut` not to the end."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[str, ...]] = {"region": ("Norte", "Sul"), "seller": ("Ana",)}
        self.hidden: dict[str, tuple[str, ...]] = {}
        self.slow: set[str] = set()
        self.down = False
        self.lists = 0
        self.looked_for: list[Compiled] = []
        self.asked: list[Compiled] = []

    def run(self, compiled: Compiled) -> Result:
        if self.down:
            raise SourceUnavailable
        dimension = compiled.columns[0]
        if "word_0" in compiled.params:
            self.looked_for.append(compiled)
            words = [str(each) for each in compiled.params.values()]
            held = (
                name
                for name in self.hidden.get(dimension, ())
                if all(word in name.lower().replace("ú", "u") for word in words)
            )
            return _rows(*held)
        if compiled.sql.startswith("SELECT DISTINCT"):
            self.lists += 1
            if dimension in self.slow:
                raise SourceUnavailable
            return _rows(*self.names.get(dimension, ()), truncated=dimension in self.hidden)
        self.asked.append(compiled)
        return Result(rows=((7,),), truncated=False)


def _rows(*names: Any, truncated: bool = False) -> Result:
    return Result(rows=tuple((name,) for name in names), truncated=truncated)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("backend.semantic.members.monotonic", lambda: now[0])
    return now


def _later(works: list[Callable[[], None]]) -> Callable[[Callable[[], None]], None]:
    return works.append


def test_old_names_are_told_while_new_ones_are_read_behind_the_question(clock: list[float]) -> None:
    database, works = Names(), list[Callable[[], None]]()
    members = Members(MODEL, database, aside=_later(works))
    before = members.all()
    database.names["region"] = ("Norte", "Oeste", "Sul")

    clock[0] += 301
    assert members.all() is before
    # However many ask meanwhile, one reading is on its way.
    assert members.all() is before
    [work] = works
    work()

    assert members.of("region") == ("Norte", "Oeste", "Sul")


def test_names_that_did_not_change_are_the_same_object(clock: list[float]) -> None:
    members = Members(MODEL, Names(), aside=lambda work: work())
    before = members.all()
    clock[0] += 301

    assert members.all() is before


def test_names_of_yesterday_are_read_before_the_question(clock: list[float]) -> None:
    database, works = Names(), list[Callable[[], None]]()
    members = Members(MODEL, database, aside=_later(works))
    members.all()
    database.names["region"] = ("Oeste",)
    clock[0] += 24 * 3600

    assert members.of("region") == ("Oeste",)
    assert not works
    # And of a source that is down they are still better than none.
    clock[0] += 24 * 3600
    database.down = True
    assert members.of("region") == ("Oeste",)


def test_a_dead_source_is_asked_once_in_some_seconds(clock: list[float]) -> None:
    database = Names()
    database.slow = {name for name, each in MODEL.dimensions.items() if each.members}
    members = Members(MODEL, database, aside=lambda work: work())
    for _ in range(5):
        with pytest.raises(SourceUnavailable):
            members.all()
    lists = database.lists
    clock[0] += 14
    with pytest.raises(SourceUnavailable):
        members.all()
    assert database.lists == lists
    clock[0] += 1
    database.slow = set()
    assert members.of("region") == ("Norte", "Sul")


def test_one_list_that_is_too_long_to_read_takes_no_other_away(clock: list[float]) -> None:
    database = Names()
    database.slow = {"region"}
    members = Members(MODEL, database, aside=lambda work: work())

    assert members.of("seller") == ("Ana",)
    assert members.of("region") == ()
    assert not members.is_whole("region")
    assert members.is_whole("seller")


def _beyond() -> tuple[Names, SemanticLayer]:
    database = Names()
    database.hidden["seller"] = ("Zuleica Prado", "Zilda Prado", "Zé Araújo")
    return database, SemanticLayer(MODEL, database, "demo")


def test_what_is_beyond_the_kept_names_is_asked_of_the_source() -> None:
    database, layer = _beyond()

    found = layer.find_value("seller", "prado zilda", role="manager", attributes={})

    assert found[0] == "Zilda Prado"
    assert database.looked_for[0].params == {"word_0": "prado", "word_1": "zilda"}
    layer.find_value("region", "sul", role="manager", attributes={})
    assert len(database.looked_for) == 1


def test_a_filter_on_a_name_that_is_not_kept_is_spelt_as_the_source_spells_it() -> None:
    database, layer = _beyond()

    for said, meant in (("ZILDA prado", "Zilda Prado"), ("ana", "Ana"), ("Nobody", "Nobody")):
        table = layer.answer(
            MetricQuery(metrics=("revenue",), filters={"seller": (said,)}),
            role="manager",
            attributes={},
            permitted_roles=PERMITTED,
        )
        assert table.query.filters == {"seller": (meant,)}
    # What is known is not looked for.
    assert [each.params["word_0"] for each in database.looked_for] == ["zilda", "nobody"]


def test_a_seller_beyond_the_kept_names_sees_their_own_rows_and_finds_only_themselves() -> None:
    _, layer = _beyond()
    own = {"seller": "ZILDA PRADO"}

    table = layer.answer(
        MetricQuery(metrics=("revenue",)), role="seller", attributes=own, permitted_roles=PERMITTED
    )

    assert table.query.filters == {"seller": ("Zilda Prado",)}
    assert layer.find_value("seller", "prado", role="seller", attributes=own) == ("Zilda Prado",)
    with pytest.raises(SalesNotPermitted):
        layer.find_value("customer", "x", role="seller", attributes=own)


def test_the_twin_a_manager_finds_them_all() -> None:
    _, layer = _beyond()

    found = layer.find_value("seller", "prado", role="manager", attributes={})

    assert set(found) == {"Zuleica Prado", "Zilda Prado"}


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        (
            Engine.POSTGRESQL,
            "SELECT DISTINCT sellers.name AS seller FROM sales.sellers AS sellers"
            " WHERE NOT sellers.name IS NULL"
            " AND POSITION(%(word_0)s IN TRANSLATE(LOWER(sellers.name), '…', '…')) > 0"
            " AND POSITION(%(word_1)s IN TRANSLATE(LOWER(sellers.name), '…', '…')) > 0"
            " ORDER BY 1 LIMIT 501",
        ),
        (
            Engine.DUCKDB,
            'SELECT DISTINCT "sellers"."name" AS "seller" FROM "sales"."sellers" AS "sellers"'
            ' WHERE NOT "sellers"."name" IS NULL'
            ' AND STRPOS(STRIP_ACCENTS(LOWER("sellers"."name")), $word_0) > 0'
            ' AND STRPOS(STRIP_ACCENTS(LOWER("sellers"."name")), $word_1) > 0'
            " ORDER BY 1 LIMIT 501",
        ),
        (
            Engine.SQLITE,
            'SELECT DISTINCT "sellers"."name" AS "seller" FROM "sales"."sellers" AS "sellers"'
            ' WHERE NOT "sellers"."name" IS NULL'
            ' AND INSTR(FOLDED("sellers"."name"), :word_0) > 0'
            ' AND INSTR(FOLDED("sellers"."name"), :word_1) > 0'
            " ORDER BY 1 LIMIT 501",
        ),
    ],
)
def test_a_search_binds_its_words(engine: Engine, sql: str) -> None:
    compiled = Compiler(MODEL, engine).members_holding("seller", "  PRADO zílda ")

    assert compiled is not None
    assert re.sub("'[^']*'", "'…'", compiled.sql) == sql
    assert compiled.params == {"word_0": "prado", "word_1": "zilda"}


# No deadline: the machine's load is not what is tested.
@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60))
@example("'; DROP TABLE sales.sellers; -- %(word_1)s")
@example("\0 \ud800")
def test_whatever_is_searched_for_is_a_value(text: str) -> None:
    for engine in EXECUTED:
        compiler = Compiler(MODEL, engine)
        compiled = compiler.members_holding("seller", text)
        words = list(compiled.params.values()) if compiled else []
        plain = compiler.members_holding(
            "seller", " ".join(f"w{each}" for each, _ in enumerate(words))
        )
        assert (compiled and compiled.sql) == (plain and plain.sql)
        assert all("\0" not in str(each) and str(each).encode() for each in words)


class Probed:
    """A database that counts its probes, and lets one begin only when it is told to."""

    def __init__(self) -> None:
        self.version = 1
        self.probes = 0
        self.down = False
        self.began = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def run(self, compiled: Compiled) -> Result:
        self.probes += 1
        self.began.set()
        assert self.gate.wait(10)
        if self.down:
            raise SourceUnavailable
        return _rows(self.version)


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> tuple[Probed, SemanticLayer, list[float]]:
    now = [1000.0]
    monkeypatch.setattr("backend.semantic.layer.monotonic", lambda: now[0])
    database = Probed()
    model = load_model(f"{TEXT}\nfreshness: {{probe: orders.id}}\n")
    return database, SemanticLayer(model, database, "demo"), now


def test_the_version_of_the_data_is_asked_once_in_a_moment(
    probed: tuple[Probed, SemanticLayer, list[float]],
) -> None:
    database, layer, now = probed
    assert [layer.data_version() for _ in range(5)] == ["1"] * 5
    assert database.probes == 1
    database.version = 2
    now[0] += 1.4
    assert layer.data_version() == "1"
    now[0] += 0.1
    assert layer.data_version() == "2"


def test_a_probe_that_failed_is_not_repeated_at_once(
    probed: tuple[Probed, SemanticLayer, list[float]],
) -> None:
    database, layer, now = probed
    database.down = True
    for _ in range(5):
        with pytest.raises(SourceUnavailable):
            layer.data_version()
    assert database.probes == 1
    database.down = False
    now[0] += 1.5
    assert layer.data_version() == "1"


def test_one_probe_is_enough_for_all_who_ask_at_once(
    probed: tuple[Probed, SemanticLayer, list[float]],
) -> None:
    database, layer, _ = probed
    database.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(layer.data_version) for _ in range(8)]
        database.gate.set()
        assert {each.result(timeout=10) for each in asked} == {"1"}
    assert database.probes == 1


def test_a_probe_that_takes_long_is_not_waited_for(
    probed: tuple[Probed, SemanticLayer, list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, layer, _ = probed
    monkeypatch.setattr("backend.semantic.layer._VERSION_SECONDS", 0.01)
    database.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(layer.data_version)
        assert database.began.wait(10)
        with pytest.raises(SourceUnavailable):
            layer.data_version()
        assert not first.done()
        database.gate.set()
        assert first.result(timeout=10) == "1"
