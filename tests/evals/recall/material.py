"""What sellers say and what is asked about it, in one language: the hand-written part of the benchmark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

LANGUAGES = ("pt", "en", "es")
_FOLDER = Path(__file__).parent / "material"
#: "de" and "em", or "en", before an article.
_JOINED = {
    "pt": {"a": ("da", "na"), "o": ("do", "no")},
    "es": {"la": ("de la", "en la"), "el": ("del", "en el")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer, in the forms that a sentence needs."""

    name: str
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A kind of thing that is said of a customer, in many words."""

    name: str
    speaker: Literal["user", "assistant"]
    values: Sequence[str]
    #: With the customer's name in the sentence.
    said: Sequence[str]
    #: Without it: the sentences before said whose it is.
    then: Sequence[str]
    asked: Sequence[str]
    updated: Sequence[str]
    asked_now: Sequence[str]
    #: Asked of all customers at once.
    all_asked: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    language: str
    accounts: Sequence[Account]
    facts: Sequence[Fact]
    #: Pairs of what the seller says and the assistant answers.
    greetings: Sequence[Sequence[str]]
    closings: Sequence[Sequence[str]]
    openers: Sequence[Sequence[str]]
    small_talk: Sequence[Sequence[str]]
    replies: Sequence[str]
    products: Sequence[str]
    both_asked: Sequence[str]
    unanswerable: Sequence[str]
    time_asked: Mapping[str, Sequence[str]]
    months: Sequence[str]
    day: str

    def month_of(self, day: date) -> str:
        return self.months[day.month - 1]

    def day_of(self, day: date) -> str:
        return self.day.format(month=self.month_of(day), day=day.day)


@cache
def material(language: str) -> Material:
    loaded = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return Material(
        language=language,
        accounts=[_account(language, each) for each in loaded.pop("accounts")],
        facts=[_fact(name, given) for name, given in loaded.pop("facts").items()],
        **loaded,
    )


def _fact(name: str, given: Mapping[str, Any]) -> Fact:
    return Fact(
        name=name,
        speaker=given.get("from", "user"),
        values=given["values"],
        said=given["said"],
        then=given["then"],
        asked=given["asked"],
        updated=given.get("updated", ()),
        asked_now=given.get("asked_now", ()),
        all_asked=given.get("all_asked", ()),
    )


def _account(language: str, given: Mapping[str, str]) -> Account:
    name, article = given["name"], given.get("article")
    forms = {"short": given["short"], "who": given["who"]}
    if article is None:
        forms |= {"the": name, "of": f"of {name}", "at": f"at {name}"}
    else:
        of, at = _JOINED[language][article]
        forms |= {"the": f"{article} {name}", "of": f"{of} {name}", "at": f"{at} {name}"}
    return Account(name=name, forms=forms)
