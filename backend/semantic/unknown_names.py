"""Names that nobody has, of which a part is somebody's: "Ana Ribeiro" is not Ana Souza.

The parts stand side by side, each with a capital. Read one by one, the first would be taken for
another person and the rest for words that say nothing: "Hotel Boa Noite" is no good night.
"""

from collections.abc import Sequence

from backend.semantic.kind import Kind
from backend.semantic.span import Meaning, Span
from backend.semantic.tokens import Token

#: What part of a name may look like. A metric or period beside a member stands for itself.
_PARTS = (Kind.UNKNOWN, Kind.FUNCTION, Kind.NUMBER, Kind.MEMBER)
_LEAST_CAPITALISED = 4


def with_unknown_names(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Span]:
    """The spans, with those of one unknown name made one, which means nothing."""
    if all(span.kind is not Kind.MEMBER for span in spans):
        return list(spans)
    headed = _is_headline(tokens)
    found: list[Span] = []
    index = 0
    while index < len(spans):
        end = _end_of_name(tokens, spans, index, headed=headed)
        parts = spans[index:end]
        if _is_of_nobody(parts):
            meaning = Meaning(kind=Kind.UNKNOWN)
            found.append(Span(start=parts[0].start, end=parts[-1].end, meaning=meaning))
        else:
            found.extend(parts)
        index = end
    return found


def _end_of_name(
    tokens: Sequence[Token], spans: Sequence[Span], start: int, *, headed: bool
) -> int:
    """Where the run of capitals ends that begins at the span; the next span where there is none."""
    end = start
    while end < len(spans) and _is_part(tokens, spans[end], headed=headed):
        end += 1
    return max(end, start + 1)


def _is_part(tokens: Sequence[Token], span: Span, *, headed: bool) -> bool:
    if headed or span.kind not in _PARTS:
        return False
    # A question begins with a capital.
    return span.start > 0 and all(each.text[0].isupper() for each in tokens[span.start : span.end])


def _is_of_nobody(parts: Sequence[Span]) -> bool:
    """Members alone, side by side, are each themselves: "Sul Bebidas"."""
    members = [part.kind is Kind.MEMBER for part in parts]
    return any(members) and not all(members)


def _is_headline(tokens: Sequence[Token]) -> bool:
    """True where capitals say nothing, since every longer word has one."""
    return all(
        each.text[0].isupper()
        for each in tokens
        if each.text[0].isalpha() and len(each.text) >= _LEAST_CAPITALISED
    )
