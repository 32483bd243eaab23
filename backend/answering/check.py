"""No unchecked figure leaves the worker: a draft with one is replaced by what the tools said.

Pure: a draft and its evidence in, a checked answer out.
"""

from backend.answering.evidence import Evidence
from backend.answering.sentences import unsupported
from backend.answering.words import sentence
from backend.domain.language import Language
from backend.domain.trace import Figure
from backend.domain.turns import Checked, Draft


def check(draft: Draft, evidence: Evidence, language: Language) -> Checked:
    """The draft as it is when all its figures have evidence; else the tools' own words, or none."""
    figures = tuple(
        Figure(
            text=figure.text,
            value=figure.value,
            metric=figure.metric,
            from_date=figure.from_date,
            to_date=figure.to_date,
            tool_call=number,
        )
        for number, call in enumerate(draft.tool_calls)
        for figure in call.outcome.figures
    )
    invented = unsupported(draft.text, evidence)
    if not invented:
        said = tuple(figure for figure in figures if figure.text in draft.text)
        return Checked(text=draft.text, draft=draft, figures=said)
    summaries = [
        call.outcome.summary
        for call in draft.tool_calls
        if call.outcome.ok and call.outcome.summary
    ]
    text = "\n\n".join(summaries) or sentence("no_evidence", language)
    return Checked(
        text=text,
        draft=draft,
        figures=figures if summaries else (),
        corrections=({"reason": "figures_without_evidence", "figures": invented},),
    )
