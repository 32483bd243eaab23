"""A digest keeps what a person told, word for word, a few lines of each month."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.identity import ConversationId, TenantId
from backend.memory.digest import LINE_CHARACTERS, MOST_LINES, digests
from backend.store.folding import Old

TENANT = TenantId(UUID(int=1))
BEGAN = datetime(2026, 1, 30, tzinfo=UTC)


def said(*texts: str, role: str = "user") -> list[Old]:
    return [
        Old(
            no=number,
            conversation_id=ConversationId(UUID(int=number)),
            role="assistant" if role == "assistant" else "user",
            text=text,
            at=BEGAN + timedelta(days=number),
        )
        for number, text in enumerate(texts)
    ]


TOLD = "A Padaria União pediu desconto de 12%"


def test_one_for_each_month_with_the_days() -> None:
    january, february = digests(TENANT, said(TOLD, TOLD, "Entrega só na quinta pela manhã"))
    assert january.text == f"2026-01-30: {TOLD} · 2026-01-31: {TOLD}"
    assert february.text == "2026-02-01: Entrega só na quinta pela manhã"
    assert february.at.day == 1


def test_questions_answers_and_small_talk_are_not_kept() -> None:
    assert digests(TENANT, said("Qual foi o desconto da Padaria União em março?", "ok", "oi")) == []
    assert digests(TENANT, said(TOLD, role="assistant")) == []


@given(st.lists(st.text(max_size=400), max_size=80))
def test_a_digest_is_bounded_whatever_was_said(texts: list[str]) -> None:
    for each in digests(TENANT, said(*texts)):
        assert len(each.text) <= MOST_LINES * (LINE_CHARACTERS + len("2026-01-30: ") + len(" · "))
