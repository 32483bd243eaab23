"""Which questions share kept rows: those that mean the same, and no others, however alike they sound."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from backend.answering.cache_key import Setting, key_of
from backend.answering.result_cache import parts_of
from backend.domain.identity import TenantId, new_id
from backend.domain.sales import MetricQuery, Threshold
from backend.semantic.compile import Compiler
from backend.semantic.layer import Prepared
from tests.unit.parser_questions import PARSER
from tests.unit.semantic_model import MODEL

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "cache_pairs.json"
TODAY = date(2026, 11, 24)
#: Of the given pairs: what the playbook answers, or nobody.
NO_FIGURES = {
    "Como tratar a objeção de preço alto?",
    "Qual a política de desconto para novos clientes?",
    "Qual o prazo de entrega para o Nordeste?",
    "Quais produtos estão sem estoque?",
    "Como agendar uma demonstração?",
}
#: And what another company than the demo's would be asked: it has no such customer, product, country,
#: measure or team.
NOT_SOLD_HERE = {
    "Quanto a Acme comprou em 2025?",
    "Qual a margem do produto GTX Pro?",
    "Vendas no Brasil em 1997",
    "Quantos clientes novos tivemos em maio?",
    "Qual a taxa de conversão do time Sudeste?",
}
TENANT = TenantId(new_id())
COMPILER = Compiler(MODEL)

#: One slot at a time is changed, and each change is another question.
TEMPLATES = (
    (
        "{metric} no {region} em {month} de 2025",
        {
            "metric": ["faturamento", "pedidos", "ticket médio", "margem"],
            "region": ["Sul", "Sudeste", "Norte"],
            "month": ["março", "maio", "abril"],
        },
    ),
    (
        "{best} {count} {what} {period}",
        {
            "best": ["os melhores", "os piores"],
            "count": ["5", "10"],
            "what": ["clientes", "produtos", "vendedores"],
            "period": ["este ano", "no ano passado"],
        },
    ),
    (
        "vendas {how} o Sul {compared} em outubro",
        {
            "how": ["sem", "para"],
            "compared": ["", "comparadas com setembro", "comparadas com outubro do ano passado"],
        },
    ),
    (
        "faturamento por {grain} {period}",
        {
            "grain": ["dia", "semana", "mês", "trimestre"],
            "period": ["neste ano", "neste trimestre", "no último trimestre"],
        },
    ),
    (
        "clientes com {bound} {number} pedidos este ano",
        {"bound": ["mais de", "menos de", "pelo menos"], "number": ["5", "50", "6"]},
    ),
    ("clientes {did} em outubro", {"did": ["que não compraram", "com pedidos por região"]}),
)


def key(question: str) -> str | None:
    """None for a question that is not certain: the cache is never asked for it."""
    reading = PARSER.read(question, today=TODAY, previous=None)
    return None if not reading.complete or reading.query is None else key_of_query(reading.query)


def key_of_query(query: MetricQuery, **changed: Any) -> str:
    setting = Setting(
        tenant_id=TENANT, source_id="1", source_stamp="1", role="manager", own=None, version=None
    )
    prepared = Prepared(query=query, compiled=COMPILER.query(query))
    return key_of(MODEL, prepared, replace(setting, **changed))


def entries(question: str) -> set[str]:
    """All that is kept when the question has been answered."""
    reading = PARSER.read(question, today=TODAY, previous=None)
    if not reading.complete or reading.query is None:
        return set()
    return {key_of_query(query) for query in (reading.query, *parts_of(reading.query))}


def share(one: str, other: str) -> bool:
    """Whether what one of them has left serves the other."""
    return key(one) in entries(other) or key(other) in entries(one)


def edits() -> list[tuple[str, str]]:
    """Pairs of questions that differ in one word or two."""
    found = []
    for template, slots in TEMPLATES:
        names = list(slots)
        filled = [dict(zip(names, words, strict=True)) for words in product(*slots.values())]
        for one, other in combinations(filled, 2):
            if sum(one[name] != other[name] for name in names) == 1:
                found.append((template.format(**one), template.format(**other)))
    return found


EDITS = edits()


def test_there_are_many_edits_and_most_are_read() -> None:
    assert len(EDITS) >= 100
    read = [pair for pair in EDITS if all(key(question) for question in pair)]
    assert len(read) >= 100


def test_a_changed_word_is_another_entry() -> None:
    assert [pair for pair in EDITS if share(*pair)] == []


@pytest.mark.skipif(not PAIRS.exists(), reason="the pairs are not beside the project")
def test_given_pairs_share_an_entry_when_they_mean_the_same_and_only_then() -> None:
    pairs = json.loads(PAIRS.read_text(encoding="utf-8"))
    assert [pair for pair in pairs["different"] if share(*pair)] == []
    of_figures = [pair for pair in pairs["same"] if pair[0] not in NO_FIGURES | NOT_SOLD_HERE]
    same = [pair for pair in of_figures if share(*pair)]
    assert len(of_figures) >= 20
    assert len(same) / len(of_figures) >= 0.8


def test_a_total_that_was_read_beside_another_serves_alone() -> None:
    both = MetricQuery(metrics=("revenue", "contracts_closed"))
    assert [part.metrics for part in parts_of(both)] == [("revenue",), ("contracts_closed",)]


@pytest.mark.parametrize(
    "changed",
    [
        {"dimensions": ("region",)},
        {"grain": "month"},
        {"having": (Threshold(metric="revenue", op=">", value=Decimal(1)),)},
        {"metrics": ("revenue",)},
    ],
    ids=str,
)
def test_what_stands_beside_another_in_a_breakdown_does_not(changed: dict[str, Any]) -> None:
    both = MetricQuery(metrics=("revenue", "contracts_closed"))
    assert parts_of(replace(both, **changed)) == ()


def test_whoever_asks_and_whatever_has_changed_is_in_the_key() -> None:
    query = MetricQuery(metrics=("revenue",))
    keys = {
        key_of_query(query),
        key_of_query(query, tenant_id=TenantId(new_id())),
        key_of_query(query, source_id="2"),
        key_of_query(query, source_stamp="2"),
        key_of_query(query, role="seller"),
        key_of_query(query, role="seller", own="Ana"),
        key_of_query(query, role="seller", own="Bia"),
        key_of_query(query, version="2026-11-24"),
        key_of_query(query, version="2026-11-25"),
    }
    assert len(keys) == 9


def test_whoever_sees_all_rows_sees_the_same_ones() -> None:
    query = MetricQuery(metrics=("revenue",))
    assert key_of_query(query) == key_of_query(query, role="director")
