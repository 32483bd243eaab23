"""Durable facts about a person, or about an account of theirs, as they told them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

#: What a fact is about when it is about the person who told it.
SELF = "self"
#: One sentence. What is longer is a story: recall brings it, and a piece of it would mislead.
TEXT_CHARACTERS = 200
#: Of a subject and of a topic.
LABEL_CHARACTERS = 80
#: Current facts of a person. A seller's book of a hundred accounts with two facts each; all of them
#: are ranked for every question of theirs, which takes the database about a millisecond.
MOST_CURRENT = 200

#: Who put a fact down: the rules, a model, or an operator by hand.
NotedBy = Literal["rules", "model", "operator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A fact as it was found in a message: `text` is the person's own words.

    `subject` is `SELF` or a name as it was written. A newer fact of the same subject and topic
    replaces an older one.
    """

    subject: str
    topic: str
    text: str
    noted_by: NotedBy


def key_of(text: str) -> str:
    """A subject, topic or text as it is compared: without case, accents and marks."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", bare.casefold()))
