"""How facts are told, in each language: the words of `fact_rules/*.yaml`, compiled once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language

_FOLDER = Path(__file__).parent / "fact_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way of telling a fact. Expressions read what `fold_around_is` gives."""

    #: A name, or made of the groups of `say`.
    topic: str
    say: re.Pattern[str]
    #: What is told must begin with a capital letter.
    capital: bool = False
    #: A name must stand right before it, which is the subject.
    after_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWords:
    """One language's."""

    language: Language
    refuse: Mapping[str, re.Pattern[str]]
    leads: re.Pattern[str]
    remember: re.Pattern[str]
    next_fact: re.Pattern[str]
    rules: Sequence[Rule]
    adverbs: re.Pattern[str]
    kinds: frozenset[str]
    not_names: frozenset[str]
    cues: re.Pattern[str]


@cache
def fact_words() -> Mapping[Language, FactWords]:
    return {language: _load(language) for language in Language}


@cache
def around() -> Mapping[str, frozenset[str]]:
    """Words around names and topics, by kind."""
    return {kind: frozenset(text.split()) for kind, text in _read("around").items()}


@cache
def topics() -> Mapping[str, str]:
    """Word -> the topic that it names, for topics with a name of their own."""
    return {word: name for name, words in _topic_words().items() for word in words}


def words_of_topic(topic: str) -> str:
    """How people may ask for a topic."""
    return " ".join([topic, *_topic_words().get(topic.partition(" ")[0], ())])


@cache
def _topic_words() -> Mapping[str, Sequence[str]]:
    loaded: dict[str, list[str]] = _read("topics")
    return loaded


def _load(language: Language) -> FactWords:
    data = _read(language.value)
    return FactWords(
        language=language,
        refuse={kind: _pattern(text) for kind, text in data["refuse"].items()},
        leads=_pattern(data["leads"]),
        remember=_pattern(data["remember"]),
        next_fact=_pattern(data["next"]),
        rules=[
            Rule(
                topic=each["topic"],
                say=_pattern(each["say"]),
                capital=each.get("capital", False),
                after_name=each.get("after_name", False),
            )
            for each in data["say"]
        ],
        adverbs=re.compile(rf"(?: (?:{data['adverbs']}))+ *$"),
        kinds=frozenset(data["kinds"].split("|")),
        not_names=frozenset(data["not_names"].split("|")),
        cues=_pattern(data["cues"]),
    )


def _pattern(text: str) -> re.Pattern[str]:
    # A long expression stands on several lines.
    return re.compile("".join(text.splitlines()))


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded
