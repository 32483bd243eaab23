"""Members by a part of their names, as answers go on to call them: "Patrícia", "Mar Azul", "Café Torrado". Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from backend.answering.mention import Mention
from backend.semantic.folding import folded

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
#: Shorter words are articles and units; alone, shorter ones may be any.
_SHORTEST = 3
_SHORTEST_ALONE = 4
#: Alone, and not the first of the name.
_SHORTEST_RARE = 7
#: Alone, and written small: "o arroz lidera".
_SHORTEST_SMALL = 5
_ARTICLE = re.compile(r"\b(?:[oa]|d[oa]|n[oa]|el|del|la|the|pel[oa])\s$", re.IGNORECASE)
#: Folded first words of companies that say nothing of which.
_COMMON = frozenset({
    "mercado", "supermercado", "central", "grupo", "comercial", "distribuidora", "empresa", "hotel", "restaurante", "padaria",
    "construtora", "produto", "cliente", "grande", "novos", "outros", "norte", "leste", "oeste",
})  # fmt: skip
#: Tables of one turn whose names are kept: every statement is read against them.
_KEPT = 16
#: Words of a name that more words are not looked for behind.
_MOST_WORDS = 8


def parts_of_names(
    text: str, found: Sequence[Mention], members: Mapping[str, frozenset[str]]
) -> Iterator[Mention]:
    """Names cut short, written with a capital, that only one member of a dimension can be meant by."""
    words = [(folded(each[0]), each.start(), each.end()) for each in _WORD.finditer(text)]
    # What the vocabulary knows by another name, or of other dimensions, is not what is told of.
    taken = [
        (each.start, each.end)
        for each in found
        if each.kind != "member"
        or (
            each.dimension in members
            and (
                each.names & members[each.dimension]
                or folded(text[each.start : each.end]) in each.names
            )
        )
    ]
    heard = {each.start for each in found}
    for dimension, names in members.items():
        known, named_by = _words_of(names)
        last = 0
        for number, (word, start, _) in enumerate(words):
            if start < last or len(word) < _SHORTEST:
                continue
            meant = named_by.get(word)
            if not meant:
                continue
            length, [*longest] = _longest([each[0] for each in words[number:]], meant, known)
            end = words[number + length - 1][2]
            is_first = len(word) >= _SHORTEST_ALONE and known[longest[0]][:1] == [word]
            is_rare = len(word) >= _SHORTEST_RARE and start not in heard
            if len(longest) != 1 or (length < 2 and not (is_first or is_rare)):
                continue
            is_written_small = not text[start].isupper() and length < len(known[longest[0]])
            if is_written_small and (
                length < 2
                and (
                    word in _COMMON
                    or len(word) < _SHORTEST_SMALL
                    or not _ARTICLE.search(text[:start])
                )
            ):
                continue
            if any(first < end and start < until for first, until in taken):
                continue
            last = end
            yield Mention(
                kind="member",
                start=start,
                end=end,
                names=frozenset(longest),
                dimension=dimension,
            )


@lru_cache(maxsize=_KEPT)
def _words_of(
    names: frozenset[str],
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """The words of each name, and the names of each word."""
    known = {
        name: [each[0] for each in _WORD.finditer(name)][:_MOST_WORDS] for name in sorted(names)
    }
    named_by: dict[str, list[str]] = {}
    for name, parts in known.items():
        for word in set(parts):
            named_by.setdefault(word, []).append(name)
    return known, named_by


def _longest(
    said: Sequence[str], meant: Sequence[str], known: Mapping[str, Sequence[str]]
) -> tuple[int, Sequence[str]]:
    """How many words are said of a name, and of whose."""
    best, of = 0, [""]
    for name in meant:
        parts = known[name]
        at = parts.index(said[0])
        length = 0
        while (
            at + length < len(parts) and length < len(said) and parts[at + length] == said[length]
        ):
            length += 1
        if length > best:
            best, of = length, [name]
        elif length == best:
            of.append(name)
    return best, of
