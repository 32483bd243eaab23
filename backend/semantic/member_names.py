"""How the members of a model's dimensions may be written in a question."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backend.semantic.folding import folded
from backend.semantic.kind import Kind
from backend.semantic.lexicon import Phrase
from backend.semantic.model import SemanticModel
from backend.semantic.phrase_table import PhraseTable
from backend.semantic.span import Meaning, MemberName
from backend.semantic.tokens import Token, words

#: Dimension -> its values, as the database writes them.
Members = Mapping[str, Sequence[str]]

#: A shorter first word of a name ("Rio", "São" aside) says too little to stand for all of it.
_SHORTEST_FIRST_WORD = 3
#: Prepositions and the like are shorter.
_SHORTEST_LAST_WORD = 4
#: The last word of a longer name is seldom what it is called by.
_LONGEST_WITH_ENDING = 3
#: A name of one word is only guessed from a misspelling at this length.
_GUESSABLE = 6
#: More are no choice to offer.
_MOST_NAMESAKES = 4
#: A dimension with more members has names. With fewer, members are kinds: a channel, a status.
_KINDS = 30
#: Codes up to this length are told from words by their capitals.
CODE_LENGTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelt:
    """One spelling of a member."""

    meaning: Meaning
    text: str
    #: True for the beginning of a name: "Ana" for Ana Souza, where she is the only one.
    shortened: bool = False
    #: True for the last word of a name, which is only read where it is written with a capital.
    ending: bool = False
    #: True where there are so many members that they are names, and not kinds of something.
    of_many: bool = False

    def may_be_guessed(self, tokens: Sequence[Token]) -> bool:
        """False where a misspelling is too thin a ground: "marcas" is not the seller Marcos."""
        if self.ending and not tokens[0].text[0].isupper():
            return False
        if not any(token.guessed for token in tokens):
            return True
        return not self.shortened and (len(tokens) > 1 or len(tokens[0].text) >= _GUESSABLE)

    def is_written_in(self, tokens: Sequence[Token], question: Sequence[Token]) -> bool:
        """True when the user wrote this spelling rather than a word that folds to the same."""
        if len(tokens) > 1:
            return True
        written = tokens[0].text
        if len(written) <= CODE_LENGTH:
            shouted = all(token.text == token.text.upper() for token in question)
            return written.isupper() and not shouted
        if folded(self.text) != self.text.casefold():
            return written.casefold() == self.text.casefold()
        return written == self.text


class MemberNames:
    """The phrases of all members. They are the same in all languages, and may be many."""

    def __init__(self, model: SemanticModel, members: Members) -> None:
        phrases = member_phrases(model, members)
        self.table = PhraseTable(phrases)
        self.words = frozenset(self.table.words())
        #: Those of whole names: what a misspelling may be put right to.
        self.whole = frozenset(
            word for phrase, spelt in phrases.items() if not spelt.shortened for word in phrase
        )


def member_phrases(model: SemanticModel, members: Members) -> Mapping[Phrase, Spelt]:
    """Phrases of all members: full names, the model's aliases, and beginnings that few have."""
    texts = _full_names(model, members)
    many = {name for name, each in members.items() if len(each) > _KINDS}
    found = {
        phrase: Spelt(
            meaning=_meaning(names),
            text=text,
            of_many=any(each.dimension in many for each in names),
        )
        for phrase, (text, names) in texts.items()
    }
    owners: dict[Phrase, dict[MemberName, None]] = {}
    for phrase, (_, names) in texts.items():
        for length in range(1, len(phrase)):
            if _says_something(phrase[:length]):
                owners.setdefault(phrase[:length], {}).update(names)
    for phrase, named in owners.items():
        # Of two Anas the asker is asked which; of an Ana and a shop called so, it says too little.
        if len(named) <= _MOST_NAMESAKES and len({each.dimension for each in named}) == 1:
            beginning = Spelt(meaning=_meaning(named), text=" ".join(phrase), shortened=True)
            found.setdefault(phrase, beginning)
    for phrase, ending in _endings(texts):
        found.setdefault(phrase, ending)
    return found


def stands_alone(phrase: Sequence[str], spelt: Spelt, spoken: Container[str]) -> bool:
    """False for a beginning that ends in a word which is spoken anyway: "quantidade" is not short
    for "quantidade divergente".
    """
    return not spelt.shortened or phrase[-1] not in spoken


def _full_names(
    model: SemanticModel, members: Members
) -> dict[Phrase, tuple[str, dict[MemberName, None]]]:
    """Phrase -> a spelling of it, and whom it names, in the model's order."""
    found: dict[Phrase, tuple[str, dict[MemberName, None]]] = {}
    for dimension in model.dimensions.values():
        for member in members.get(dimension.name, ()):
            name = MemberName(dimension=dimension.name, member=member)
            for text in (member, *dimension.aliases.get(member, ())):
                for phrase in filter(None, map(words, _spellings(text))):
                    found.setdefault(phrase, (text, {}))[1][name] = None
    return found


def _endings(
    texts: Mapping[Phrase, tuple[str, dict[MemberName, None]]],
) -> Iterator[tuple[Phrase, Spelt]]:
    """Last words of short names, where nobody else's name has them: "Davolio" for Nancy Davolio."""
    owners: dict[str, set[MemberName]] = {}
    for phrase, (_, names) in texts.items():
        for word in phrase[1:]:
            owners.setdefault(word, set()).update(names)
    for phrase in texts:
        last = phrase[-1]
        is_name = last.isalpha() and len(last) >= _SHORTEST_LAST_WORD
        if is_name and 1 < len(phrase) <= _LONGEST_WITH_ENDING and len(owners[last]) == 1:
            meaning = _meaning(owners[last])
            yield (last,), Spelt(meaning=meaning, text=last, shortened=True, ending=True)


def _spellings(text: str) -> Iterator[str]:
    """A hyphen may be left out, and "&" be spoken."""
    yield text
    if "-" in text:
        yield text.replace("-", "")
    if "&" in text:
        for spoken in ("e", "and", "y"):
            yield text.replace("&", f" {spoken} ")


def _says_something(phrase: Phrase) -> bool:
    """True for a beginning that ends in a word, not as "água mineral sem" does, nor in "500"."""
    *before, last = phrase
    shortest = _SHORTEST_LAST_WORD if before else _SHORTEST_FIRST_WORD
    return last.isalpha() and len(last) >= shortest and len(phrase[0]) >= _SHORTEST_FIRST_WORD


def _meaning(names: Iterable[MemberName]) -> Meaning:
    return Meaning(kind=Kind.MEMBER, members=tuple(names))
