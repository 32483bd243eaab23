"""What the rules take for a fact, and above all what they do not."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.facts import SELF, TEXT_CHARACTERS
from backend.memory import fact_rules
from backend.memory.fact_gate import MOST_HEARD
from backend.memory.fact_rules import MOST_FACTS, heard, topic_of

_SAID: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "data" / "facts.yaml").read_text(encoding="utf-8")
)
TOLD: list[list[str]] = _SAID["told"]
JUNK = [(kind, text) for kind, texts in _SAID["junk"].items() for text in texts]


@pytest.mark.parametrize("case", TOLD, ids=[case[0] for case in TOLD])
def test_what_is_told_becomes_a_fact_in_the_persons_own_words(case: list[str]) -> None:
    message, *expected = case
    found = heard(message).facts
    assert [f"{fact.subject} | {fact.topic} | {fact.text}" for fact in found] == expected
    assert all(fact.text in message for fact in found)


@pytest.mark.parametrize(("kind", "message"), JUNK)
def test_what_is_no_fact_leaves_nothing(kind: str, message: str) -> None:
    assert heard(message).facts == (), kind


@pytest.mark.parametrize(
    ("kind", "message"), [each for each in JUNK if each[0] not in ("of_nobody", "not_theirs")]
)
def test_no_model_is_asked_about_what_cannot_be_a_fact(kind: str, message: str) -> None:
    assert heard(message).unsure == (), kind


def test_a_model_is_asked_where_the_rules_are_at_a_loss() -> None:
    for said in (
        "geralmente falo com o comprador de manhã",
        "O João me disse que prefere WhatsApp",
        "Acme's buyer told me that she prefers invoices by mail",
    ):
        assert heard(said).unsure == (said,)
        assert heard(said).facts == ()


def test_the_gate_is_what_keeps_junk_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, many of the same messages would be facts."""
    monkeypatch.setattr(fact_rules, "refused", lambda folded, words: None)
    monkeypatch.setattr(fact_rules, "is_claim", lambda folded: False)
    kept = {kind for kind, message in JUNK if heard(message).facts}
    assert {"suppositions", "claims", "not_theirs", "passing"} <= kept


def test_a_pasted_text_tells_nothing() -> None:
    message = "Meu nome é Ana. " + "Segue a ata da reunião de ontem, ponto por ponto. " * 40
    assert len(message) > MOST_HEARD
    assert heard(message) == fact_rules.Heard()


def test_one_message_tells_only_so_many() -> None:
    said = " ".join(f"A Padaria {name} fecha às segundas." for name in "ABCDEFGH")
    assert len(heard(said).facts) == MOST_FACTS


def test_a_story_is_no_fact() -> None:
    assert heard("Meu sonho é " + "viajar e " * 40 + "voltar").facts == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("orçamento aprovado", "budget"),
        ("novo telefone", "phone"),
        ("Celular", "teléfono"),
        ("regiao", "territory"),
    ],
)
def test_one_topic_has_one_name_in_every_language(one: str, other: str) -> None:
    assert topic_of(one) == topic_of(other)


@given(st.text(max_size=400))
def test_whatever_is_written_every_fact_is_a_short_piece_of_it(text: str) -> None:
    for fact in heard(f"Meu nome é Ana. {text}").facts:
        assert 0 < len(fact.text) <= TEXT_CHARACTERS
        assert fact.topic
        assert fact.subject
        assert fact.noted_by == "rules"


@given(st.sampled_from([case[0] for case in TOLD if ". " not in case[0]]))
def test_a_question_mark_makes_a_question_of_a_sentence(message: str) -> None:
    found = heard(message.rstrip(".!") + "?").facts
    assert all((fact.subject, fact.topic) == (SELF, "name") for fact in found)
