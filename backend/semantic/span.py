"""A stretch of a question with one meaning, as the scan finds it and the rules claim it."""

from dataclasses import dataclass

from backend.semantic.kind import Kind
from backend.semantic.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberName:
    """A value of a dimension, as the database writes it."""

    dimension: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a phrase of the vocabulary means."""

    kind: Kind
    #: Of a metric phrase: one metric, or a group's. Empty for the lexicon's own words.
    metrics: tuple[str, ...] = ()
    dimension: str = ""
    #: In the order of the model's dimensions: the same word may be a state and a city.
    members: tuple[MemberName, ...] = ()
    #: The grain, unit or number that a word of the lexicon stands for.
    value: str = ""
    #: A verb such as "vendemos", which stands for a metric only where nothing else does.
    verb: Kind | None = None
    plural: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words `start` to `end` (exclusive) of the question."""

    start: int
    end: int
    meaning: Meaning
    period: Period | None = None
    #: True when a word in it was misspelt and put right by us.
    guessed: bool = False

    @property
    def kind(self) -> Kind:
        return self.meaning.kind
