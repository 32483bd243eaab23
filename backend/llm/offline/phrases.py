"""The words of the `offline` model, from YAML: one file per language, the same keys in each."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One language's. Expressions read what `fold_around_is` gives."""

    language: Language
    says: Mapping[str, str]
    #: "my" -> "your", by the form that was used.
    your: Mapping[str, str]
    #: Kind of small talk -> its word sequences.
    recognises: Mapping[str, frozenset[tuple[str, ...]]]
    #: "name" and "fact" -> how a person tells one, and how they ask for it.
    told: Mapping[str, tuple[re.Pattern[str], ...]]
    asked: Mapping[str, tuple[re.Pattern[str], ...]]
    next_fact: re.Pattern[str]
    not_facts: frozenset[str]


def phrases(language: Language) -> Phrases:
    return _all()[language]


def all_phrases(first: Language) -> tuple[Phrases, ...]:
    """Of all languages, `first` before the others: short texts do not show theirs."""
    found = _all()
    return (found[first], *(found[each] for each in Language if each is not first))


def fold(text: str) -> str:
    """Small letters without accents, every character of an NFC text still in its place."""
    if text.isascii():
        return text.lower()
    return "".join(_fold_character(character) for character in text)


@functools.lru_cache(maxsize=4_096)  # more letters than any text of ours has
def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def fold_around_is(text: str) -> str:
    """The same, but Portuguese "é" (is) as a word of its own stays apart from "e" (and)."""
    folded = list(fold(text))
    for found in re.finditer(r"(?<!\w)[éÉ](?!\w)", text):
        folded[found.start()] = "é"
    return "".join(folded)


@functools.cache
def _all() -> Mapping[Language, Phrases]:
    return {language: _load(language) for language in Language}


def _load(language: Language) -> Phrases:
    path = Path(__file__).with_name(f"{language.value}.yaml")
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Phrases(
        language=language,
        says=data["says"],
        your=data["your"],
        recognises={
            kind: frozenset(tuple(fold(phrase).split()) for phrase in texts)
            for kind, texts in data["recognises"].items()
        },
        told=_patterns(data["told"]),
        asked=_patterns(data["asked"]),
        next_fact=re.compile(data["next_fact"]),
        not_facts=frozenset(data["not_facts"]),
    )


def _patterns(data: Mapping[str, list[str]]) -> Mapping[str, tuple[re.Pattern[str], ...]]:
    return {kind: tuple(re.compile(each) for each in texts) for kind, texts in data.items()}
