"""A statement as the check reads it: its numbers, the names in it and over it, and what belongs to what. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.answering.binding import Binding
from backend.answering.clauses import COMPARED
from backend.answering.evidence import Evidence
from backend.answering.known import as_known
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber, written_numbers
from backend.answering.row_binding import RowBinding
from backend.answering.statements import ROW_MARK, Statement, cell_ends

_LIST_MARK = re.compile(r"[ \t]*\d{1,3}[.)]\s")
#: Before a year it is no year: "foram 2026 pedidos".
_MADE = re.compile(
    r"\b(?:foram|fizeram|fez|houve|teve|tiveram|hubo|hicieron|fueron|were|made|had|closed|fechou|fecharam"
    r"|vendeu|venderam)\s+$",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"\d{1,2} (?:maiores|menores|melhores|piores|principais|primeir[oa]s|últim[oa]s|largest|biggest|smallest|best"
    r"|worst|top|first|last|most|mayores|menores|mejores|peores|principales|primer[oa]s|últim[oa]s)\b",
    re.IGNORECASE,
)
#: Before the length of a list.
_LISTED = re.compile(
    r"\b(?:[oa]s|l[oa]s|the|tus|sus|seus|suas|your|our|nuestr[oa]s|noss[oa]s|dess[ae]s|dest[ae]s|these|est[oa]s|entre|among)\s\**$",
    re.IGNORECASE,
)
#: "Semana 3 (12/10 a 18/10)": which one, and no figure.
_UNIT = re.compile(
    r"(?:^|[\n*•|-]\s*)\**(?:semana|week|sem\.?|m[êe]s|month|dia|day)\s$", re.IGNORECASE
)
_TOP = re.compile(r"\btop[ -]$", re.IGNORECASE)
#: "4º lugar", "the 2nd": a place, see `ranks.py`.
_NUMBERED = re.compile(r"(?:#|\bn[ºo°]\.? ?|\bn\.º ?|\bnumber )$", re.IGNORECASE)
#: What is advised, and when: "em 3 passos", "daqui a 15 minutos".
_ADVISED = re.compile(
    r"\d{1,2}\s+(?:passos?|etapas?|dicas?|ações|pontos de|sugestões|opções|perguntas?|ideias?|minutos?|horas?|vezes por"
    r"|steps?|tips?|actions?|suggestions?|options?|questions?|ideas?|minutes?|hours?|pasos?|consejos?|acciones|puntos de"
    r"|sugerencias|opciones|preguntas?|linhas?|rows?|filas?)\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"\d{1,3}(?:\ufe0f?\u20e3|\.?[ºª°]|\.?(?:st|nd|rd|th|er|ro|do|to)\b)")
#: Money that the model of a company may not know, so that no figure of it can be of this.
_FOREIGN = re.compile(
    r"\b(?:custos?|despesas?|prejuízos?|impostos?|comiss(?:ão|ões)|salários?|lucros?|costs?|expenses?|loss(?:es)?"
    r"|profits?|tax(?:es)?|commissions?|costos?|gastos?|pérdidas?|comision(?:es)?|ganancias?|metas?|targets?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`over` are the names in the heading of the list that it belongs to."""

    statement: Statement
    text: str
    mentions: Sequence[Mention]
    over: Sequence[Mention]
    numbers: Sequence[WrittenNumber]
    binding: Binding

    @property
    def is_asking(self) -> bool:
        return self.text.rstrip().endswith("?")

    @property
    def years(self) -> frozenset[int]:
        """The years that are named for the months beside them."""
        return frozenset(
            each.from_date.year
            for each in (*self.mentions, *self.over)
            if each.kind == "period" and each.from_date and not each.yearless and not each.relative
        )


def read(statement: Statement, evidence: Evidence) -> Said:
    text = statement.text
    marks = ROW_MARK if statement.columns else _LIST_MARK
    mark = marks.match(text) if statement.number else None
    # "1. dezembro": the mark of a list is no day of the month.
    said = _without_digits(text, mark.end()) if mark else text
    mentions = list(_with_foreign(said, as_known(said, evidence.mentions(said), evidence)))
    heading = statement.heading
    over = as_known(heading, evidence.mentions(heading), evidence) if heading else []
    numbers = [
        number
        for number in written_numbers(text)
        if not (mark is not None and number.start < mark.end())
        and _is_figure(number, text, mentions, evidence)
    ]
    if statement.columns:
        binding: Binding = RowBinding(
            text,
            mentions,
            over,
            numbers,
            ends=cell_ends(text),
            heads=[
                [
                    each
                    for each in as_known(head, evidence.mentions(head), evidence)
                    # "vs. out/2025" is not the time of the change under it.
                    if not COMPARED.search(head[: each.start])
                ]
                for head in statement.columns
            ],
        )
    else:
        binding = Binding(text, mentions, over, numbers)
    return Said(
        statement=statement,
        text=text,
        mentions=mentions,
        over=over,
        numbers=numbers,
        binding=binding,
    )


def _without_digits(text: str, until: int) -> str:
    return re.sub(r"[^|\n]", " ", text[:until]) + text[until:]


def _is_figure(
    number: WrittenNumber, text: str, mentions: Sequence[Mention], evidence: Evidence
) -> bool:
    """Not what is within a name: "Água 500 ml", "10 de outubro"; nor the length of a list: "os 5 maiores".

    But the 2026 of "foram 2026 pedidos" is one.
    """
    before = text[: number.start]
    if (
        any(words.match(text, number.start) for words in (_ORDINAL, _ADVISED, _LISTING))
        or any(words.search(before) for words in (_NUMBERED, _UNIT, _TOP))
        or _is_length_of_list(number, text, mentions, evidence)
    ):
        return False
    inside = next(
        (
            each
            for each in mentions
            if each.kind in ("period", "member", "metric") and each.start <= number.start < each.end
        ),
        None,
    )
    if inside is None:
        return True
    if not text[inside.start : inside.end].isdigit():
        return False
    return bool(_MADE.search(before)) or any(
        abs(fact.value) in number.values for fact in evidence.facts.facts
    )


def _is_length_of_list(
    number: WrittenNumber, text: str, mentions: Sequence[Mention], evidence: Evidence
) -> bool:
    """As in "los 3 productos más vendidos": not more than the tool's table has."""
    end = number.start + len(number.text)
    most = [
        evidence.facts.most_members(each.dimension)
        for each in mentions
        if each.kind == "dimension" and each.plural and text[end : each.start] == " "
    ]
    return (
        bool(most)
        and bool(_LISTED.search(text[: number.start]))
        and any(1 < value <= most[0] for value in number.values)
    )


def _with_foreign(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The names that are known, and words for money that are no metric of the company's."""
    yield from mentions
    for found in _FOREIGN.finditer(text):
        if not any(each.start <= found.start() < each.end for each in mentions):
            yield Mention(kind="metric", start=found.start(), end=found.end())
