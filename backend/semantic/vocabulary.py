"""Everything that words may mean in one language over one semantic model and its members."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend.domain.language import Language
from backend.semantic.kind import Kind
from backend.semantic.lexicon import Lexicon, Phrase, lexicon
from backend.semantic.member_names import CODE_LENGTH, MemberNames, stands_alone
from backend.semantic.model import SemanticModel
from backend.semantic.model_phrases import (
    counts_of,
    doers,
    lexicon_phrases,
    model_phrases,
    own_names,
    placed_by_customers,
    split_by,
    verbs,
)
from backend.semantic.phrase_table import PhraseTable
from backend.semantic.shared_noun import metric_of_shared_noun
from backend.semantic.span import Meaning
from backend.semantic.spelling import Spelling
from backend.semantic.tokens import Token

#: A misspelt word may become one of these kinds. It never becomes a word that changes nothing:
#: "vendas de semente" must not turn into "vendas" by way of "somente".
_EMPTY = (
    Kind.FUNCTION,
    Kind.AND,
    Kind.HAVE,
    Kind.CLOSING,
    Kind.UNREAD,
    Kind.WHAT,
    Kind.ONLY,
)
_CORRECTED_TO = frozenset(Kind) - frozenset(_EMPTY)


class Vocabulary:
    """Phrases of the model, of its members and of the lexicon, and how to find them in a text."""

    def __init__(self, model: SemanticModel, members: MemberNames, language: Language) -> None:
        self.language = language
        self.lexicon: Lexicon = lexicon(language)
        said = dict(lexicon_phrases(self.lexicon))
        unread = {phrase for phrase, meaning in said.items() if meaning.kind is Kind.UNREAD}
        of_model = dict(model_phrases(model, language, said))
        #: The metric of what customers place: orders.
        self.placed = placed_by_customers(self.lexicon, of_model)
        of_model.update(verbs(self.lexicon, of_model))
        for phrase in split_by(of_model, said):
            del said[phrase]
        self._model_words = frozenset(word for phrase in of_model for word in phrase)
        said.update(of_model)
        for phrase, meaning in own_names(model):
            said.setdefault(phrase, meaning)
        #: Who sells and who buys, for "quem vendeu mais".
        self.who = doers(said)
        #: What counts the members of a dimension: that of "quantos clientes", by the dimension.
        self.counts = counts_of(said)
        said.update({phrase: Meaning(kind=Kind.UNREAD) for phrase in unread - said.keys()})
        self._unread = PhraseTable(dict.fromkeys(unread, True))
        self._dimension_words = frozenset(
            phrase[-1] for phrase, meaning in of_model.items() if meaning.kind is Kind.DIMENSION
        )
        #: Words of the model's own and of its members, which stand for nothing else.
        self._taken = self._model_words | members.words
        self._spoken = self.lexicon.words | self._model_words
        self._said = PhraseTable(said)
        self._named = members.table
        self._member_words = members.words
        self.spelling = Spelling(
            meant=(_meant(said, self.lexicon) | members.whole) - _empty(said),
            known=(*self.lexicon.words, *self._said.words(), *members.words),
        )

    def knows(self, word: str) -> bool:
        """True for a word of the model's own."""
        return word in self._model_words

    def written_out(self, token: Token) -> Token:
        """A word that is typed as in a chat, written out: "q" is "que"."""
        long = self.lexicon.chat.get(token.word)
        if long is None or token.text != token.text.lower() or token.word in self._taken:
            return token
        return replace(token, word=long)

    def may_be_a_name(self, token: Token) -> bool:
        """True for the short name of a month, with a capital, where members are called so, too."""
        return (
            token.word in self.lexicon.short_months
            and token.word in self._member_words
            and token.text[0].isupper()
            and not token.text.isupper()
        )

    def kind_of(self, *phrase: str) -> Kind | None:
        """Of exactly these words, folded."""
        meaning = self._said.get(phrase)
        return meaning.kind if meaning is not None else None

    def unread(self, tokens: Sequence[Token]) -> str:
        """The first phrase of several words that the language has and this grammar does not read."""
        said = [self.written_out(token).word for token in tokens]
        for start in range(len(said)):
            end = next((end for _, end in self._unread.matches(said, start)), start)
            if end > start + 1:
                return " ".join(token.text for token in tokens[start:end])
        return ""

    def matches(
        self, tokens: Sequence[Token], spoken: Sequence[str], start: int
    ) -> Iterator[tuple[Meaning, int]]:
        """Every phrase that begins at `start`, and where it ends. `spoken`: the tokens' words.

        Of two that are as long, a member's name stands if it is written as the name is: "Pará" is
        a state, "para" is not, and "SE" is one where "se" is a word.
        """
        said = {end: meaning for meaning, end in self._said.matches(spoken, start)}
        for spelt, end in self._named.matches(spoken, start):
            written = tokens[start:end]
            if not stands_alone(spoken[start:end], spelt, self._spoken):
                continue
            if spelt.shortened and end - start == 1 and not self._is_called(tokens, start):
                continue
            is_word = end in said or self._is_word(spoken, start, end)
            if end - start == 1 and spoken[start] in self.lexicon.everyday:
                if spelt.shortened:
                    continue
                # "Lost sales" are not those of an album, "online sales" may be a channel's.
                is_word = is_word or spelt.of_many
            if spelt.may_be_guessed(written) and (
                not is_word or spelt.is_written_in(written, tokens)
            ):
                said[end] = spelt.meaning
        shared = metric_of_shared_noun(self._said, spoken, start)
        if shared is not None:
            said[start + 1] = shared
        yield from ((meaning, end) for end, meaning in said.items())

    def _is_called(self, tokens: Sequence[Token], at: int) -> bool:
        """True for one word of a name that is written as one: "easy sales" are not of a genre."""
        before = tokens[at - 1].word if at else ""
        return (
            tokens[at].text[0].isupper()
            or before in self.lexicon.before_names
            or before in self._dimension_words
        )

    def _is_word(self, spoken: Sequence[str], start: int, end: int) -> bool:
        """True for one word that the language has too, for instance in its period grammar.

        Two letters always may be one: "sp" is a state after "em", "go" none after "sales".
        """
        word = spoken[start]
        if end - start > 1:
            return False
        before = spoken[start - 1] if start else ""
        is_code = len(word) <= CODE_LENGTH and before in self.lexicon.before_codes
        return word in self.lexicon.lone_words or (len(word) <= CODE_LENGTH and not is_code)


def _meant(said: Mapping[Phrase, Meaning], spoken: Lexicon) -> set[str]:
    """The words, of the model and the language, that a misspelling may be put right to."""
    found: set[str] = set()
    for phrase, meaning in said.items():
        if meaning.kind in _CORRECTED_TO:
            found.update(phrase)
    period = spoken.period
    found.update(period.units.words())
    found.update(word for word in period.months.words() if word not in period.shy_months)
    for name in ("this", "last", "previous", "before_last", "accumulated"):
        found.update(period.classes[name].words())
    return found


def _empty(said: Mapping[Phrase, Meaning]) -> set[str]:
    """A word that is empty or unread by itself stays so within a model's phrase."""
    return {
        phrase[0] for phrase, meaning in said.items() if len(phrase) == 1 and meaning.kind in _EMPTY
    }
