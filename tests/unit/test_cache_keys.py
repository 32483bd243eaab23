"""Which questions share kept rows: those that mean the same, and no others, however alike they sound."""

import json
from datetime import date
from itertools import combinations, product
from pathlib import Path

import pytest

from backend.answering.result_cache import key_of
from backend.domain.identity import TenantId, new_id
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiler
from backend.semantic.layer import Prepared
from tests.unit.parser_questions import PARSER
from tests.unit.semantic_model import MODEL

PAIRS = Path(__file__).parents[3] / "shared" / "data" / "cache_pairs.json"
TODAY = date(2026, 11, 24)
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


def key_of_query(
    query: MetricQuery, *, role: str = "manager", version: str | None = None, source: str = "1"
) -> str:
    return key_of(
        MODEL,
        Prepared(query=query, compiled=COMPILER.query(query)),
        tenant_id=TENANT,
        source_id=source,
        role=role,
        version=version,
    )


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
    shared = [pair for pair in EDITS if key(pair[0]) and key(pair[0]) == key(pair[1])]
    assert shared == []


@pytest.mark.skipif(not PAIRS.exists(), reason="the pairs are not beside the project")
def test_given_pairs_share_an_entry_when_they_mean_the_same_and_only_then() -> None:
    pairs = json.loads(PAIRS.read_text(encoding="utf-8"))
    keys = {
        question: key(question)
        for kind in ("same", "different")
        for pair in pairs[kind]
        for question in pair
    }
    wrong = [
        pair for pair in pairs["different"] if keys[pair[0]] and keys[pair[0]] == keys[pair[1]]
    ]
    assert wrong == []
    # Of the pairs that this company's model knows the words of.
    known = [pair for pair in pairs["same"] if all(keys[question] for question in pair)]
    same = [pair for pair in known if keys[pair[0]] == keys[pair[1]]]
    assert len(known) >= 20
    assert len(same) / len(known) >= 0.8


def test_whoever_asks_and_whatever_has_changed_is_in_the_key() -> None:
    query = MetricQuery(metrics=("revenue",))
    keys = {
        key_of_query(query),
        key_of_query(query, role="seller"),
        key_of_query(query, version="2026-11-24"),
        key_of_query(query, version="2026-11-25"),
        key_of_query(query, source="2"),
    }
    assert len(keys) == 5
