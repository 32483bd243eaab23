"""No unchecked figure leaves the worker: what has no evidence is left out, and the answer says so.

Pure: a draft and its evidence in, a checked answer out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend.answering.evidence import Evidence
from backend.answering.numbers import written_numbers
from backend.answering.quoted import with_citation
from backend.answering.statements import Statement
from backend.answering.support import faults
from backend.answering.words import sentence
from backend.domain.language import Language
from backend.domain.trace import Figure
from backend.domain.turns import Checked, Draft

Faults = Sequence[tuple[Statement, list[str]]]

#: Why a statement was taken out.
WITHOUT_EVIDENCE = "figures_without_evidence"


#: What one statement leaves may hang on another that goes; more rounds would leave scraps.
_ROUNDS = 2


def check(
    draft: Draft,
    evidence: Evidence,
    language: Language,
    tried: Sequence[Mapping[str, Any]] = (),
) -> Checked:
    """The draft as it is when all its figures have evidence; else what of it has.

    Where no figure would be left, the tools' own words are told, or that there is nothing: a turn
    without figures is then not answered. What was found in documents is told with its place. `tried`
    are corrections that were made before.
    """
    checked = _checked(draft, evidence, language, tried)
    if told_by_tool(draft):
        return checked
    return replace(checked, text=with_citation(checked.text, draft, language))


def _checked(
    draft: Draft, evidence: Evidence, language: Language, tried: Sequence[Mapping[str, Any]]
) -> Checked:
    figures = _figures(draft)
    wrong = [] if told_by_tool(draft) else list(faults(draft.text, evidence))
    if not wrong:
        said = _said(figures, draft.text)
        return Checked(text=draft.text, draft=draft, figures=said, corrections=tuple(tried))
    correction = {"reason": WITHOUT_EVIDENCE, "figures": figures_of(wrong)}
    corrections = (*tried, correction)
    kept = _supported(draft.text, wrong, evidence)
    if any(figure.text in kept for figure in figures) and written_numbers(kept):
        text = f"{kept}\n\n{sentence('left_out', language)}"
        return Checked(
            text=text, draft=draft, figures=_said(figures, kept), corrections=corrections
        )
    summaries = [
        call.outcome.summary
        for call in draft.tool_calls
        if call.outcome.ok and call.outcome.summary
    ]
    text = "\n\n".join(summaries) or sentence("no_evidence", language)
    return Checked(
        text=text, draft=draft, figures=figures if summaries else (), corrections=corrections
    )


def told_by_tool(draft: Draft) -> bool:
    """Whether the draft is a tool's own words, word for word: they are the evidence."""
    return draft.text in [call.outcome.summary for call in draft.tool_calls]


def figures_of(wrong: Faults) -> list[str]:
    """What is wrong in statements, as it is written."""
    return [text for _, found in wrong for text in found]


def _supported(text: str, wrong: Faults, evidence: Evidence) -> str:
    """The text without its wrong statements; empty where what is left still holds one."""
    for _ in range(_ROUNDS):
        text = _without(text, [statement for statement, _ in wrong])
        wrong = list(faults(text, evidence))
        if not wrong:
            return text
    return ""


def _figures(draft: Draft) -> tuple[Figure, ...]:
    """Every figure of the tools, under the number of its call."""
    return tuple(
        Figure(
            text=figure.text,
            value=figure.value,
            metric=figure.metric,
            kind=figure.kind,
            members=figure.members,
            from_date=figure.from_date,
            to_date=figure.to_date,
            tool_call=number,
        )
        for number, call in enumerate(draft.tool_calls)
        for figure in call.outcome.figures
    )


def _said(figures: tuple[Figure, ...], text: str) -> tuple[Figure, ...]:
    return tuple(figure for figure in figures if figure.text.lstrip("+-") in text)


def _without(text: str, wrong: list[Statement]) -> str:
    """The text without some of its statements."""
    kept, at = [], 0
    for statement in wrong:
        kept.append(text[at : statement.start])
        at = statement.start + len(statement.text)
    kept.append(text[at:])
    return "".join(kept).strip()
