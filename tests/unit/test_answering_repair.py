"""A draft with a figure that nothing supports: one more try, then without it, and it is said so."""

from dataclasses import dataclass, field, replace
from datetime import date
from time import monotonic

import pytest

from backend.answering.check import check
from backend.answering.repair import mended, repaired
from backend.answering.support import faults
from backend.domain.chat import ChatReply, ChatRequest, Purpose, Subject
from backend.domain.errors import ModelUnavailable
from backend.domain.language import Language
from backend.domain.ports import OnText
from backend.domain.trace import ToolOutcome
from tests.unit.test_answering_check import a_draft, an_outcome, evidence_of

SUBJECT = Subject(question="Quanto foi?", language=Language.PORTUGUESE, today=date(2026, 11, 24))
OUTCOME: ToolOutcome = replace(an_outcome(), sql="SELECT 1")
TRUE = "A receita foi de R$ 1.234.567,89."
WRONG = "Foram 43 pedidos."


@dataclass
class Answering:
    """A model that says what it is told to, and keeps what it was asked."""

    text: str
    name: str = "m"
    provider: str = "openai"
    asked: list[ChatRequest] = field(default_factory=list)

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        self.asked.append(request)
        if not self.text:
            raise ModelUnavailable
        return ChatReply(text=self.text, finish_reason="stop", model="m")


def second(text: str) -> tuple[Answering, str | None]:
    evidence = evidence_of(OUTCOME)
    draft = a_draft(f"{TRUE} {WRONG}", OUTCOME)
    wrong = [statement for statement, _ in faults(draft.text, evidence)]
    model = Answering(text)
    found = repaired(
        draft, wrong, evidence, model=model, subject=SUBJECT, deadline=monotonic() + 10
    )
    return model, found.text if found else None


def test_the_model_is_told_which_statement_is_wrong_and_what_the_tools_said() -> None:
    model, text = second(f"{TRUE} Foram 42 pedidos.")
    [request] = model.asked
    said = request.messages[-1].text
    assert request.purpose is Purpose.REPAIR
    assert f"- {WRONG}" in said
    assert f"- {TRUE}" not in said
    assert OUTCOME.content in said
    assert text == f"{TRUE} Foram 42 pedidos."


def test_a_model_that_is_gone_mends_nothing() -> None:
    assert second("")[1] is None


def test_what_stays_wrong_is_left_out_and_the_answer_says_so() -> None:
    checked = check(a_draft(f"{TRUE} {WRONG}", OUTCOME), evidence_of(OUTCOME), Language.PORTUGUESE)
    assert TRUE in checked.text
    assert WRONG not in checked.text
    assert "deixei de fora" in checked.text
    assert [figure.text for figure in checked.figures] == ["R$ 1.234.567,89"]
    assert checked.corrections[0]["figures"] == ["43"]


@pytest.mark.parametrize("language", Language)
def test_where_no_figure_is_left_the_tools_words_are_told(language: Language) -> None:
    checked = check(a_draft(WRONG, OUTCOME), evidence_of(OUTCOME), language)
    assert checked.text == OUTCOME.summary


def test_a_figure_is_of_its_own_unit() -> None:
    evidence = evidence_of(OUTCOME)
    assert not list(faults("Foram 42 pedidos.", evidence))
    assert list(faults("Foram R$ 42,00.", evidence))
    assert list(faults("Foram 42%.", evidence))
    assert list(faults("Foram 42 mil pedidos.", evidence))


def mended_by(text: str) -> tuple[str, list[str]]:
    draft = a_draft(f"{TRUE} {WRONG}", OUTCOME)
    told, tried = mended(
        draft,
        evidence_of(OUTCOME),
        model=Answering(text),
        subject=SUBJECT,
        deadline=monotonic() + 10,
    )
    checked = check(told, evidence_of(OUTCOME), Language.PORTUGUESE, tried)
    return checked.text, [str(each["reason"]) for each in checked.corrections]


def test_a_second_draft_that_is_right_is_told_and_counted_as_a_correction() -> None:
    right = f"{TRUE} Foram 42 pedidos."
    assert mended_by(right) == (right, ["repaired"])


@pytest.mark.parametrize("text", ["Foram 44 pedidos.", "Não sei dizer.", ""])
def test_a_second_draft_that_is_no_better_leaves_the_first_without_its_error(text: str) -> None:
    told, reasons = mended_by(text)
    assert told.startswith(TRUE)
    assert "deixei de fora" in told
    assert reasons == ["figures_without_evidence"]


def test_what_is_right_costs_no_second_call() -> None:
    model = Answering("unused")
    draft = a_draft(TRUE, OUTCOME)
    evidence = evidence_of(OUTCOME)
    assert mended(draft, evidence, model=model, subject=SUBJECT, deadline=monotonic() + 10) == (
        draft,
        (),
    )
    assert model.asked == []
