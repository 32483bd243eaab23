"""Playbook search: what is there is found and what is not is not."""

from datetime import date
from pathlib import Path

import pytest

from backend.domain.language import Language
from backend.plugins.playbook_index import PlaybookIndex
from backend.plugins.playbook_pages import read_pages

DISCOUNTS = """---
title: Política de descontos
language: pt
updated: 2026-08-03
---

# Política de descontos

Vale para todos os pedidos.

## Quem pode dar quanto

| Quem decide | Desconto máximo |
|---|---|
| Vendedor | até 5% |
| Diretoria | até 15% |

## Clientes com contrato

Pedido dentro de um contrato tem no mínimo 3% de desconto.
"""
RETURNS = """---
title: Devoluções
language: pt
updated: 2026-07-01
---

## Prazo para devolver

Avaria no transporte: 2 dias. Produto errado: 7 dias.

## O que o cliente recebe

Crédito no valor pago, em até 5 dias úteis.
"""
ENGLISH = """---
title: Handover
language: en
updated: 2026-07-01
---

## When to pass a conversation on

The customer asks for a person, or threatens to sue.
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name, text in {"a": DISCOUNTS, "b": RETURNS, "c": ENGLISH}.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


def best(directory: Path, question: str) -> tuple[str, str] | None:
    found = PlaybookIndex.load(directory).find(question, most=3)
    return (found[0].title, found[0].section) if found else None


def test_pages_are_cut_at_their_headings_and_keep_their_place(directory: Path) -> None:
    passages = read_pages(directory)
    assert [(each.title, each.section) for each in passages] == [
        ("Política de descontos", "Política de descontos"),
        ("Política de descontos", "Quem pode dar quanto"),
        ("Política de descontos", "Clientes com contrato"),
        ("Devoluções", "Prazo para devolver"),
        ("Devoluções", "O que o cliente recebe"),
        ("Handover", "When to pass a conversation on"),
    ]
    assert passages[0].updated == date(2026, 8, 3)
    assert passages[5].language is Language.ENGLISH


def test_a_table_reads_as_lines(directory: Path) -> None:
    text = read_pages(directory)[1].text
    assert text == "Quem decide: Desconto máximo\nVendedor: até 5%\nDiretoria: até 15%"


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Qual o desconto máximo do vendedor?", "Quem pode dar quanto"),
        ("desconto maximo vendedores", "Quem pode dar quanto"),
        ("DEVOLVER PRODUTO ERRADO", "Prazo para devolver"),
        ("há desconto mínimo em contratos?", "Clientes com contrato"),
        ("customers asking for a person", "When to pass a conversation on"),
    ],
)
def test_found_whatever_the_inflection_accents_or_case(
    directory: Path, question: str, section: str
) -> None:
    found = best(directory, question)
    assert found is not None
    assert found[1] == section


@pytest.mark.parametrize(
    "question",
    [
        "Qual a capital da França?",
        "quanto tempo o dólar demora para cair?",
        # One word of three is there, in another sense.
        "política de férias e viagens",
        "o cliente torce para qual time?",
        "de a o que",
        "",
        "?!",
    ],
)
def test_what_the_playbook_does_not_treat_is_not_found(directory: Path, question: str) -> None:
    assert best(directory, question) is None


def test_no_more_passages_than_asked_for(directory: Path) -> None:
    index = PlaybookIndex.load(directory)
    assert len(index.find("desconto", most=1)) == 1
    assert len(index.find("desconto", most=3)) > 1


def test_an_empty_playbook_finds_nothing(tmp_path: Path) -> None:
    assert PlaybookIndex.load(tmp_path).find("desconto", most=3) == ()


@pytest.mark.parametrize(
    "text",
    [
        "# No front matter\n",
        "---\ntitle: X\nlanguage: pt\n---\n",
        "---\ntitle: X\nlanguage: fr\nupdated: 2026-01-01\n---\n",
        "---\ntitle: X\nlanguage: pt\nupdated: soon\n---\n",
        "---\njust text\n---\n",
    ],
)
def test_a_page_without_its_head_stops_the_start_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md"):
        read_pages(tmp_path)
