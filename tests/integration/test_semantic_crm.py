"""A CRM of dirty keys, days and money as text: its model alone copes, on every engine alike."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from backend.domain.errors import SalesNotPermitted, SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.joins import reaches
from backend.semantic.layer import SemanticLayer
from backend.semantic.parser import QuestionParser
from tests.integration.crm import FIRST_DAY, LAST_DAY, Crm, crm_model, generate_crm
from tests.integration.semantic_source import PostgresCluster
from tests.integration.three_engines import ROLES, answer, layers, rows, sources

pytestmark = pytest.mark.integration

Rows = list[Mapping[str, Any]]
MODEL = crm_model()


@pytest.fixture(scope="module")
def crm() -> Crm:
    return generate_crm()


@pytest.fixture(scope="module")
def engines(
    postgres: PostgresCluster, crm: Crm, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, SemanticLayer]]:
    with sources(postgres, tmp_path_factory.mktemp("crm"), crm.relations) as databases:
        yield layers(MODEL, databases)


def _decided(*stages: str) -> Callable[[Crm], Rows]:
    return lambda crm: [each for each in crm.deals if each["stage"] in stages]


def _opened(crm: Crm) -> Rows:
    return [{**each, "day": each["engaged"]} for each in crm.deals if each["day"] is None]


def _activities(crm: Crm) -> Rows:
    return list(crm.activities)


def _summed(key: str, divisor: int = 1) -> Callable[[Rows], Any]:
    return lambda found: sum((each[key] for each in found), Decimal()) / divisor if found else None


#: Metric -> its rows and what is made of them.
_AGGREGATES: Mapping[str, tuple[Callable[[Crm], Rows], Callable[[Rows], Any]]] = {
    "deals_won": (_decided("Ganho"), len),
    "deals_lost": (_decided("Perdido"), len),
    "deals_decided": (_decided("Ganho", "Perdido"), len),
    "deals_open": (_opened, len),
    "won_value": (_decided("Ganho"), _summed("amount")),
    "activity_count": (_activities, len),
    "hours": (_activities, _summed("minutes", 60)),
}
_MADE_OF: Mapping[str, tuple[str, str, Callable[[Any, Any], Any]]] = {
    "average_won": ("won_value", "deals_won", lambda value, won: value / won if won else None),
    "win_rate": ("deals_won", "deals_decided", lambda won, all_: Decimal(won) / all_ if all_ else None),
    "balance": ("deals_won", "deals_lost", lambda won, lost: won - lost),
    "activities_per_win": (
        "activity_count", "deals_won", lambda done, won: Decimal(done) / won if won else None,
    ),
}  # fmt: skip


def _by_hand(crm: Crm, query: MetricQuery) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Key -> figures, added up row by row from what the data was made dirty from."""
    parts = {
        name: _grouped(crm, query, name)
        for metric in query.metrics
        for name in _MADE_OF.get(metric, (metric, metric))[:2]
    }
    keys = {key for groups in parts.values() for key in groups}
    return {
        key: tuple(_figure(metric, {name: parts[name].get(key, []) for name in parts}) for metric in query.metrics)
        for key in (keys if query.dimensions or query.grain else {()})
    }  # fmt: skip


def _figure(metric: str, found: Mapping[str, Rows]) -> Any:
    if metric in _AGGREGATES:
        return _AGGREGATES[metric][1](found[metric])
    first, second, made = _MADE_OF[metric]
    return made(_figure(first, found), _figure(second, found))


def _grouped(crm: Crm, query: MetricQuery, metric: str) -> dict[tuple[Any, ...], Rows]:
    groups: dict[tuple[Any, ...], Rows] = {}
    for each in _AGGREGATES[metric][0](crm):
        day = each["day"]
        if not (query.from_date or date.min) <= day <= (query.to_date or date.max):
            continue
        if any(each[name] not in members for name, members in query.filters.items()):
            continue
        if any(each[name] in members for name, members in query.exclude.items()):
            continue
        period = (_first_day(query.grain, day),) if query.grain else ()
        groups.setdefault((*period, *(each[name] for name in query.dimensions)), []).append(each)
    return groups


def _first_day(grain: str, day: date) -> date:
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[grain]
    return date(day.year, month, 1)


def _found(layer: SemanticLayer, query: MetricQuery) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    keys = len(query.dimensions) + bool(query.grain)
    return {row[:keys]: row[keys:] for row in rows(layer, query)}


_METRICS = (*_AGGREGATES, *_MADE_OF)
_ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"dimensions": ("agent",)},
    {"dimensions": ("account",)},
    {"dimensions": ("country", "manager")},
    {"dimensions": ("product",)},
    {"dimensions": ("series", "agent")},
    {"dimensions": ("stage",)},
    {"dimensions": ("lost_reason",)},
    {"dimensions": ("activity_kind",)},
    {"grain": "month", "from_date": date(2025, 1, 1), "to_date": date(2025, 12, 31)},
    {"grain": "quarter", "dimensions": ("sector",)},
    {"filters": {"country": ("USA",)}, "dimensions": ("agent",)},
    {"filters": {"sector": ("technology", "retail")}, "from_date": date(2025, 7, 1)},
    {"filters": {"product": ("GTX Pro",)}, "grain": "year"},
    {"exclude": {"country": ("Brasil",)}, "dimensions": ("account",)},
    {"filters": {"stage": ("Ganho",)}},
)


@pytest.mark.parametrize(
    ("metric", "asked"),
    [
        (metric, asked)
        for metric, asked in product(_METRICS, _ASKED)
        if all(
            reaches(MODEL, metric, name)
            for name in (*asked.get("dimensions", ()), *asked.get("filters", ()))
        )
    ],
    ids=str,
)
def test_a_figure_of_dirty_rows_is_that_of_the_clean_ones_on_every_engine(
    engines: dict[str, SemanticLayer], crm: Crm, metric: str, asked: dict[str, Any]
) -> None:
    query = MetricQuery(metrics=(metric,), **asked)
    expected = _by_hand(crm, query)

    for name, layer in engines.items():
        found = _found(layer, query)
        assert found.keys() == expected.keys(), name
        for key, figures in expected.items():
            assert found[key] == pytest.approx(figures, abs=Decimal("1e-8")), (name, key)


def test_two_facts_side_by_side_are_each_counted_once(
    engines: dict[str, SemanticLayer], crm: Crm
) -> None:
    metrics = ("won_value", "deals_decided", "activity_count", "hours")
    for asked in ({}, {"dimensions": ("account",)}, {"dimensions": ("manager",), "grain": "month"}):
        query = MetricQuery(metrics=metrics, filters={"agent": ("Ana Souza", "Rui Costa")}, **asked)
        expected = _by_hand(crm, query)
        for name, layer in engines.items():
            assert _found(layer, query) == expected, name


@pytest.mark.parametrize(
    ("metrics", "asked"),
    [
        (("activity_count",), {"filters": {"stage": ("Ganho",)}}),
        (("activity_count",), {"dimensions": ("product",)}),
        (("won_value", "activity_count"), {"filters": {"product": ("GTX Pro",)}}),
        (("won_value", "activity_count"), {"exclude": {"lost_reason": ("Preço",)}}),
        (("won_value",), {"filters": {"activity_kind": ("call",)}}),
        (("activities_per_win",), {"dimensions": ("series",)}),
        (("activities_per_win",), {"filters": {"activity_kind": ("call",)}}),
    ],
)
def test_what_only_one_fact_knows_narrows_no_other_and_the_reason_is_told(
    engines: dict[str, SemanticLayer], metrics: tuple[str, ...], asked: dict[str, Any]
) -> None:
    for layer in engines.values():
        with pytest.raises(SalesQueryInvalid, match=r"no join leads from '(deals|activities)' to"):
            answer(layer, MetricQuery(metrics=metrics, **asked))


@pytest.mark.parametrize(
    "last", [date(2025, 6, 30), date(2025, 7, 31), date(2026, 1, 15), LAST_DAY]
)
def test_the_fiscal_year_begins_in_july(
    engines: dict[str, SemanticLayer], crm: Crm, last: date
) -> None:
    first = date(last.year if last.month >= 7 else last.year - 1, 7, 1)
    query = MetricQuery(metrics=("won_fiscal_year",), dimensions=("agent",), to_date=last)
    plain = MetricQuery(
        metrics=("won_value",), dimensions=("agent",), from_date=first, to_date=last
    )
    expected = _by_hand(crm, plain)

    for name, layer in engines.items():
        assert _found(layer, query) == expected, name


def test_a_running_total_grows_month_by_month(engines: dict[str, SemanticLayer], crm: Crm) -> None:
    year = {"grain": "month", "from_date": date(2025, 7, 1), "to_date": LAST_DAY}
    months = _by_hand(crm, MetricQuery(metrics=("won_value",), **year))  # type: ignore[arg-type]
    expected, so_far = {}, Decimal()
    for key in sorted(months):
        so_far += months[key][0]
        expected[key] = (so_far,)

    for name, layer in engines.items():
        assert _found(layer, MetricQuery(metrics=("won_fiscal_year",), **year)) == expected, name  # type: ignore[arg-type]


def test_a_wall_of_two_clean_years_lies_behind_the_dirt(crm: Crm) -> None:
    """The other tests say nothing unless the data is as dirty as they are told."""
    deals = crm.relations[0]
    column = dict(zip(deals.columns, zip(*deals.rows, strict=True), strict=True))
    assert len({each.strip().lower() for each in column["stage"]}) < len(set(column["stage"]))
    assert any("/" in each for each in column["closed"] if each)
    assert any("-" in each for each in column["closed"] if each)
    assert any("." in each and "," in each for each in column["value"] if each)
    assert {"GTXPro", "GTX Pro"} <= set(column["product"])
    assert None in column["account"]
    assert {each["day"].year for each in crm.activities} == {2024, 2025, 2026}
    assert min(each["day"] for each in crm.activities) >= FIRST_DAY


def test_the_model_fits_each_database(engines: dict[str, SemanticLayer]) -> None:
    for name, layer in engines.items():
        assert layer.misfits() == (), name


def test_members_are_the_clean_names(engines: dict[str, SemanticLayer]) -> None:
    for name, layer in engines.items():
        members = layer.members.all()
        assert members["stage"] == ("Em negociação", "Ganho", "Perdido", "Prospecção"), name
        assert members["country"] == ("Brasil", "Chile", "USA")
        assert members["activity_kind"] == ("call", "email", "meeting")


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (
            "taxa de ganho nos EUA em 2025?",
            {"metrics": ("win_rate",), "filters": {"country": ("USA",)}},
        ),
        (
            "quanto vendemos por vendedor em 2025?",
            {"metrics": ("won_value",), "dimensions": ("agent",)},
        ),
        (
            "atividades por gerente no setor de tecnologia em 2025?",
            {
                "metrics": ("activity_count",),
                "dimensions": ("manager",),
                "filters": {"sector": ("technology",)},
            },
        ),
    ],
)
def test_questions_in_the_companys_words_are_read_and_answered(
    engines: dict[str, SemanticLayer], crm: Crm, question: str, query: dict[str, Any]
) -> None:
    expected = MetricQuery(**query, from_date=date(2025, 1, 1), to_date=date(2025, 12, 31))
    for name, layer in engines.items():
        reading = QuestionParser(MODEL, layer.members.all()).read(
            question, today=date(2026, 6, 30), previous=None, language=Language.PORTUGUESE
        )
        assert reading.query is not None, name
        found = _found(layer, reading.query)
        by_hand = _by_hand(crm, expected)
        assert found.keys() == by_hand.keys()
        for key, figures in by_hand.items():
            assert found[key] == pytest.approx(figures, abs=Decimal("1e-8")), (name, key)


def test_a_seller_sees_own_deals_and_a_nameless_one_none(
    engines: dict[str, SemanticLayer], crm: Crm
) -> None:
    query = MetricQuery(metrics=("won_value", "activity_count"))
    own = _by_hand(crm, MetricQuery(metrics=query.metrics, filters={"agent": ("Ana Souza",)}))
    for layer in engines.values():
        seen = layer.answer(
            query, role="seller", attributes={"agent": "ana souza"}, permitted_roles=ROLES
        )
        assert tuple(seen.rows[0].values()) == own[()]
        with pytest.raises(SalesNotPermitted):
            layer.answer(query, role="seller", attributes={}, permitted_roles=ROLES)
