"""No unchecked figure leaves the worker: what has no evidence is left out, and the answer says so.

Pure: a draft and its evidence in, a checked answer out.
"""

from backend.answering.evidence import Evidence
from backend.answering.numbers import written_numbers
from backend.answering.statements import Statement
from backend.answering.support import faults
from backend.answering.words import sentence
from backend.domain.language import Language
from backend.domain.trace import Figure
from backend.domain.turns import Checked, Draft


def check(draft: Draft, evidence: Evidence, language: Language) -> Checked:
    """The draft as it is when all its figures have evidence; else what of it has.

    Where no figure would be left, the tools' own words are told, or that there is nothing.
    """
    figures = _figures(draft)
    wrong = [] if told_by_tool(draft) else list(faults(draft.text, evidence))
    if not wrong:
        return Checked(text=draft.text, draft=draft, figures=_said(figures, draft.text))
    correction = {
        "reason": "figures_without_evidence",
        "figures": [text for _, found in wrong for text in found],
    }
    kept = _without(draft.text, [statement for statement, _ in wrong])
    if any(figure.text in kept for figure in figures) and written_numbers(kept):
        text = f"{kept}\n\n{sentence('left_out', language)}"
        return Checked(
            text=text, draft=draft, figures=_said(figures, kept), corrections=(correction,)
        )
    summaries = [
        call.outcome.summary
        for call in draft.tool_calls
        if call.outcome.ok and call.outcome.summary
    ]
    text = "\n\n".join(summaries) or sentence("no_evidence", language)
    return Checked(
        text=text, draft=draft, figures=figures if summaries else (), corrections=(correction,)
    )


def told_by_tool(draft: Draft) -> bool:
    """Whether the draft is a tool's own words, word for word: they are the evidence."""
    return draft.text in [call.outcome.summary for call in draft.tool_calls]


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
