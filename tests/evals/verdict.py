"""How a set was read and answered, counted: exact, complete, right among complete, out of scope."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.evals.question_set import Question, canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A question with what `POST /metrics/parse` said of it."""

    question: Question
    query: Mapping[str, Any] | None
    complete: bool

    @property
    def is_exact(self) -> bool:
        """Whether the query is the one that was meant."""
        return (
            self.question.expected is not None
            and self.query is not None
            and canonical(self.query) == canonical(self.question.expected)
        )

    @property
    def is_wrong(self) -> bool:
        """Told as understood, and not what was meant: the one thing that must never be."""
        return self.complete and not self.is_exact


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseScore:
    in_scope: int
    exact: int
    complete: int
    complete_and_right: int
    out_of_scope: int
    out_of_scope_answered: int
    ambiguous: int
    ambiguous_answered: int

    def lines(self) -> Iterator[str]:
        yield f"exact            {_part(self.exact, self.in_scope)}"
        yield f"complete         {_part(self.complete, self.in_scope)}"
        yield f"right if complete {_part(self.complete_and_right, self.complete)}"
        if self.out_of_scope:
            yield f"outside, answered {_part(self.out_of_scope_answered, self.out_of_scope)}"
        if self.ambiguous:
            yield f"two readings, one taken {_part(self.ambiguous_answered, self.ambiguous)}"


def score(parsed: Sequence[Parsed]) -> ParseScore:
    inside = [each for each in parsed if each.question.expected is not None]
    outside = [each for each in parsed if each.question.why_none == "out_of_scope"]
    ambiguous = [each for each in parsed if each.question.why_none == "ambiguous"]
    return ParseScore(
        in_scope=len(inside),
        exact=sum(each.is_exact for each in inside),
        complete=sum(each.complete for each in inside),
        complete_and_right=sum(each.complete and each.is_exact for each in inside),
        out_of_scope=len(outside),
        out_of_scope_answered=sum(each.complete for each in outside),
        ambiguous=len(ambiguous),
        ambiguous_answered=sum(each.complete for each in ambiguous),
    )


def tells(body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], metrics: list[str]) -> bool:
    """Whether an answer's figures hold every value that the meant query returns.

    Of a long table as many as an answer tells: its first rows.
    """
    told = [figure["value"] for figure in body["figures"]]
    wanted = [
        float(row[metric])
        for row in rows[:ROWS_TOLD]
        for metric in metrics
        if row.get(metric) is not None
    ]
    return all(any(abs(value - each) <= CENT for each in told) for value in wanted)


def names(
    body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], dimensions: list[str]
) -> bool:
    """Whether an answer about members with nothing names those that the meant query returns."""
    wanted = [str(row[name]) for row in rows[:ROWS_TOLD] for name in dimensions]
    return all(each in body["response"] for each in wanted)


#: An answer in words lists so many rows at most, and says that there are more.
ROWS_TOLD = 10
#: Figures are told to the cent.
CENT = 0.0051


def _part(some: int, all_of_them: int) -> str:
    share = f"{some / all_of_them:7.1%}" if all_of_them else "      –"
    return f"{share}  ({some} of {all_of_them})"
