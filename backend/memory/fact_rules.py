"""Finds the durable facts in a message by rules, and says what is left for a model to look at. Pure.

Sure or silent: a fact that was missed may be said again, one that is wrong is told again for ever.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.facts import LABEL_CHARACTERS, SELF, TEXT_CHARACTERS, Statement, key_of
from backend.domain.language import Language
from backend.llm.offline.phrases import fold_around_is
from backend.memory.fact_gate import is_claim, is_of_figures, is_request, refused, sentences
from backend.memory.fact_names import name_in
from backend.memory.fact_words import FactWords, Rule, around, fact_words, topics

#: Facts of one message. Who tells more at once tells a story.
MOST_FACTS = 5
#: Sentences that are put to a model, and words that one must have to say anything.
MOST_UNSURE = 5
_LEAST_WORDS = 4
_LEAST_ASKED = 3

#: Topics of how somebody is reached.
_WAYS = ("contact", "phone", "email")
_PREFERRING = ("prefere", "prefers", "prefiere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`unsure` sentences may hold a fact that the rules do not know."""

    facts: tuple[Statement, ...] = ()
    unsure: tuple[str, ...] = ()


def heard(message: str) -> Heard:
    """The facts in a message, the last of each topic; never a question's, an order's or a guess's."""
    facts: dict[tuple[str, str], Statement] = {}
    unsure: list[str] = []
    for sentence in sentences(message):
        found = _told(sentence)
        for fact in found:
            key = (key_of(fact.subject), key_of(fact.topic))
            facts.pop(key, None)
            facts[key] = fact
        if not found and _may_tell(sentence):
            unsure.append(sentence)
    return Heard(facts=tuple(facts.values())[:MOST_FACTS], unsure=tuple(unsure[:MOST_UNSURE]))


def topic_of(told: str) -> str:
    """The topic that some words name: its own name where it has one, else the words themselves."""
    said = [word for word in key_of(told).split() if word not in around()["idle"]] or key_of(
        told
    ).split()
    # "My manager's phone" is about a phone.
    if said and said[0] in topics() and said[1:2] != ["s"]:
        rest = said[1:] if said[1:2] and said[1] in around()["joining"] else []
        said = [topics()[said[0]], *rest]
    return " ".join(said)[:LABEL_CHARACTERS].strip()


def _told(sentence: str) -> list[Statement]:
    """The facts of a sentence in the first language that reads any."""
    asked = sentence.endswith("?")
    said = sentence.rpartition(", ")[0] if asked else sentence
    folded = fold_around_is(sentence)
    if not said or is_request(folded) or is_claim(folded):
        return []
    for words in fact_words().values():
        found = [
            fact
            for clause in _clauses(said, words)
            if (fact := _fact(clause, words)) is not None
            # "My name is Ana, all right?" tells a name; other things are asked for that way.
            and (not asked or fact.topic == "name")
        ]
        if found:
            return found
    return []


def _may_tell(sentence: str) -> bool:
    """Whether it is worth a model's look: a statement with a word that facts are told with."""
    if sentence.endswith("?"):
        return False
    folded = fold_around_is(sentence)
    if len(folded.split()) < _LEAST_WORDS or is_claim(folded):
        return False
    telling = [words for words in fact_words().values() if words.cues.search(folded)]
    return bool(telling) and not any(
        refused(folded, words) or is_of_figures(folded, words) for words in telling
    )


def _clauses(sentence: str, words: FactWords) -> Iterator[str]:
    folded, start = fold_around_is(sentence), 0
    for cut in words.next_fact.finditer(folded):
        yield sentence[start : cut.start()]
        start = cut.end()
    yield sentence[start:]


def _fact(clause: str, words: FactWords) -> Statement | None:
    clause = clause.strip(" .!;,")
    folded = fold_around_is(clause)
    if refused(folded, words) or words.refuse["hearsay"].search(folded):
        return None
    asked = words.remember.match(folded)
    if asked is not None:
        clause = clause[asked.end() :]
        folded = folded[asked.end() :]
        if refused(folded, words):
            return None
    lead = words.leads.match(folded)
    if lead is not None:
        clause, folded = clause[lead.end() :], folded[lead.end() :]
    for rule in words.rules:
        for match in rule.say.finditer(folded):
            fact = _read(clause, match, rule, words)
            if fact is not None:
                return fact
    return _as_asked(clause, words) if asked is not None else None


def _read(clause: str, match: re.Match[str], rule: Rule, words: FactWords) -> Statement | None:
    groups = match.groupdict()
    start, subject = match.start(), SELF
    if groups.get("my") and _belongs(match.string[: match.start()]):
        return None
    if rule.capital and not clause[match.start("value")].isupper():
        return None
    if rule.after_name or groups.get("who"):
        end = match.start() if rule.after_name else match.end("who")
        found = name_in(clause[:end] if rule.after_name else _written(clause, match, "who"), words)
        if found is None:
            return None
        subject = found
        start = 0 if rule.after_name else start
    thing = _thing(match, rule, words)
    if thing is None:
        return None
    return _statement(subject, thing, clause[start : match.end()])


def _belongs(before: str) -> bool:
    """Whether "my ..." only says whose what stands before it is."""
    said = before.split()
    while said and said[-1] in around()["articles"]:
        said.pop()
    return bool(said) and said[-1] in around()["prepositions"]


def _written(clause: str, match: re.Match[str], group: str) -> str:
    """A group as the person wrote it: folding keeps each character in its place."""
    return clause[match.start(group) : match.end(group)]


def _thing(match: re.Match[str], rule: Rule, words: FactWords) -> str | None:
    """The topic of a match; None when it is a figure of the company."""
    groups = match.groupdict()
    value = groups.get("value") or ""
    verb = _singular(groups.get("verb") or "", words.language)
    if rule.topic.startswith(("prefer", "prefier")) or verb in _PREFERRING:
        if any(topics().get(word) in _WAYS for word in key_of(value).split()):
            return "contact"
        return f"{verb or rule.topic.partition(' ')[0]} {_first(value)}"
    thing = groups.get("thing") or ""
    if is_of_figures(thing, words):
        return None
    filled = rule.topic.format(thing=thing, verb=verb, first=_first(value), prep=groups.get("prep"))
    return topic_of(filled) if groups.get("thing") else filled


def _as_asked(clause: str, words: FactWords) -> Statement | None:
    """What somebody asked to be remembered, in their words."""
    said = clause.split()
    if len(said) < _LEAST_ASKED:
        return None
    subject = SELF
    for length in (4, 3, 2):
        found = name_in(" ".join(said[:length]), words) if len(said) > length else None
        if found is not None and said[length - 1][:1].isupper():
            subject = found
            break
    telling = [word for word in key_of(clause).split() if len(word) > 3]
    return _statement(subject, topic_of(" ".join(telling[:2]) or clause), clause)


def _statement(subject: str, topic: str, text: str) -> Statement | None:
    said = text.strip(" .,;:!\"'")
    if not topic or not said or len(said) > TEXT_CHARACTERS or len(subject) > LABEL_CHARACTERS:
        return None
    return Statement(subject=subject, topic=topic[:LABEL_CHARACTERS], text=said, noted_by="rules")


def _first(value: str) -> str:
    """The first word of a value that tells what it is about."""
    said = key_of(value).split()
    return next(
        (word for word in said if len(word) > 3 and not word.isdigit()), said[0] if said else ""
    )


def _singular(verb: str, language: Language) -> str:
    """A verb of many as of one, so that both are one topic."""
    plural = {Language.PORTUGUESE: "m", Language.SPANISH: "n"}.get(language)
    if plural and len(verb) > 4 and verb.endswith(plural):
        return verb[:-1]
    return verb
