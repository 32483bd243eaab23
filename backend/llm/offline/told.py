"""What a person told about themselves ("my region is the South"), and asks for again.

The newest statement wins; the person's own words are repeated, nothing is concluded from them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from backend.domain.chat import Subject
from backend.llm.offline.kept import all_about, certainly_kept, kept, quoted
from backend.llm.offline.phrases import Phrases, all_phrases, fold_around_is

#: Stands for the person's name in every language.
_NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something told or asked for. `thing` is in the person's words, `key` compares it."""

    key: str
    phrases: Phrases
    thing: str = ""
    your: str = ""
    verb: str = ""
    value: str = ""


def recollection(subject: Subject) -> str | None:
    """The answer when the question asks for something told; None when it asks for nothing such."""
    asked = _first(_asked(subject))
    if asked is None:
        return all_about(subject) or certainly_kept(subject)
    says = asked.phrases.says
    known = kept(subject, asked.key)
    for at, fact in _newest_first(subject):
        # What was said before a fact was kept no longer holds.
        if known is not None and at < known.at:
            break
        # "my region this year" asks for what was told of "my region".
        if f"{asked.key} ".startswith(f"{fact.key} "):
            return _filled(says["name" if fact.key == _NAME else "fact"], fact)
    if known is not None:
        return quoted(known, subject)
    if asked.key == _NAME:
        if subject.user_name:
            return says["name"].format(value=subject.user_name)
        return says["name_unknown"]
    # "Who are my top 5 customers?" is asked of the company's figures, not of what was told.
    return None if subject.half_understood else _filled(says["fact_unknown"], asked)


def acknowledgement(subject: Subject) -> str | None:
    """The answer when the question tells something; None when it does not."""
    facts = list(_told(subject.question, subject))
    if not facts and subject.noted:
        says = all_phrases(subject.language)[0].says
        return says["noted_said"].format(text="; ".join(subject.noted))
    if not facts:
        return None
    return " ".join(
        _filled(fact.phrases.says["noted_name" if fact.key == _NAME else "noted"], fact)
        for fact in facts
    )


def asks(text: str) -> str:
    """The sentences of a text that are questions."""
    return " ".join(sentence for sentence in _sentences(text) if sentence.endswith("?"))


def _filled(sentence: str, fact: Fact) -> str:
    return sentence.format(your=fact.your, thing=fact.thing, value=fact.value, **{"is": fact.verb})


def _newest_first(subject: Subject) -> Iterator[tuple[str, Fact]]:
    """What was told, and when."""
    lines = [line for line in subject.memory if line.role == "user"]
    for line in sorted(lines, key=lambda line: line.at, reverse=True):
        # Of two statements in one line the later is the newer.
        for fact in reversed(list(_told(line.text, subject))):
            yield line.at, fact


def _asked(subject: Subject) -> Iterator[Fact]:
    for sentence in _sentences(subject.question):
        for phrases in all_phrases(subject.language):
            folded = fold_around_is(sentence)
            if any(pattern.search(folded) for pattern in phrases.asked[_NAME]):
                yield Fact(key=_NAME, phrases=phrases)
            for pattern in phrases.asked["fact"]:
                match = pattern.search(folded)
                if match is not None:
                    yield _fact(match, sentence, phrases)


def _told(text: str, subject: Subject) -> Iterator[Fact]:
    """The facts in a text, in the first language that reads any: "my" and "mi" differ enough."""
    for phrases in all_phrases(subject.language):
        facts = list(_told_in(text, phrases))
        if facts:
            yield from facts
            return


def _told_in(text: str, phrases: Phrases) -> Iterator[Fact]:
    for sentence in _sentences(text):
        if sentence.endswith("?"):
            # What comes before a question ("my name is ..., all right?") may be told.
            sentence = sentence.rpartition(", ")[0]
        for clause in _clauses(sentence, phrases):
            fact = _fact_told(clause, phrases)
            if fact is not None:
                yield fact


def _fact_told(clause: str, phrases: Phrases) -> Fact | None:
    folded = fold_around_is(clause)
    for pattern in phrases.told[_NAME]:
        match = pattern.search(folded)
        if match is not None:
            return Fact(key=_NAME, phrases=phrases, value=_words(clause, match, "value"))
    for pattern in phrases.told["fact"]:
        match = pattern.search(folded)
        if match is not None and match["thing"].split()[0] not in phrases.not_facts:
            return _fact(match, clause, phrases)
    return None


def _fact(match: re.Match[str], text: str, phrases: Phrases) -> Fact:
    groups = match.groupdict()
    return Fact(
        key=" ".join(match["thing"].split()),
        phrases=phrases,
        thing=_words(text, match, "thing"),
        your=phrases.your[match["my"]],
        verb=_words(text, match, "is") if groups.get("is") else "is",
        value=_words(text, match, "value") if "value" in groups else "",
    )


def _words(text: str, match: re.Match[str], group: str) -> str:
    """A group as the person wrote it: folding keeps each character in its place."""
    return text[match.start(group) : match.end(group)].strip(" .,;:!?\"'")


def _sentences(text: str) -> Iterator[str]:
    """Sentences with their question mark, if any. A full stop inside a number ends none."""
    for sentence in re.findall(r"(?:[^.!?;\n]|[.](?=\S))+[.!?;\n]?", normalize("NFC", text)):
        if sentence.strip():
            yield sentence.strip()


def _clauses(sentence: str, phrases: Phrases) -> Iterator[str]:
    folded = fold_around_is(sentence)
    start = 0
    for cut in phrases.next_fact.finditer(folded):
        yield sentence[start : cut.start()]
        start = cut.end()
    yield sentence[start:]


def _first(facts: Iterable[Fact]) -> Fact | None:
    return next(iter(facts), None)
