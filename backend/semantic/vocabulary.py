"""Everything that words may mean in one language over one semantic model and its members."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.kind import Kind
from backend.semantic.lexicon import Lexicon, Phrase, lexicon
from backend.semantic.member_names import CODE_LENGTH, MemberNames, stands_alone
from backend.semantic.model import SemanticModel
from backend.semantic.phrase_table import PhraseTable
from backend.semantic.span import Meaning
from backend.semantic.spelling import Spelling
from backend.semantic.tokens import COMMA, Token, words

_VERBS = (Kind.SELLING, Kind.BILLING, Kind.BUYING)
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
_BOUNDS = (Kind.OVER, Kind.AT_LEAST, Kind.UNDER, Kind.AT_MOST)
#: Words of "greater than or equal to".
_LONGEST_BOUND = 5
_CORRECTED_TO = frozenset(Kind) - frozenset(_EMPTY)


class Vocabulary:
    """Phrases of the model, of its members and of the lexicon, and how to find them in a text."""

    def __init__(self, model: SemanticModel, members: MemberNames, language: Language) -> None:
        self.language = language
        self.lexicon: Lexicon = lexicon(language)
        said = dict(_lexicon_phrases(self.lexicon))
        unread = {phrase for phrase, meaning in said.items() if meaning.kind is Kind.UNREAD}
        of_model = dict(_model_phrases(model, language, said))
        #: The metric of what customers place: orders.
        self.placed = _placed(self.lexicon, of_model)
        of_model.update(_verbs(self.lexicon, of_model))
        for phrase in _split_by(of_model, said):
            del said[phrase]
        self._model_words = frozenset(word for phrase in of_model for word in phrase)
        said.update(of_model)
        for phrase, meaning in _names(model):
            said.setdefault(phrase, meaning)
        #: Who sells and who buys, for "quem vendeu mais".
        self.who = _who(said)
        #: What counts the members of a dimension: that of "quantos clientes", by the dimension.
        self.counts = _counts(said)
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

    def is_currency(self, word: str) -> bool:
        meaning = self._said.get((word,))
        return meaning is not None and meaning.kind is Kind.CURRENCY

    def bounds_before(self, spoken: Sequence[str], end: int) -> bool:
        """True where a phrase such as "more than" ends there."""
        for start in range(max(0, end - _LONGEST_BOUND), end):
            meaning = self._said.get(tuple(spoken[start:end]))
            if meaning is not None and meaning.kind in _BOUNDS:
                return True
        return False

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
        shared = self._sharing_a_noun(spoken, start)
        if shared is not None:
            said[start + 1] = shared
        yield from ((meaning, end) for end, meaning in said.items())

    def _sharing_a_noun(self, spoken: Sequence[str], start: int) -> Meaning | None:
        """One word of a list whose noun is said once: "orders won and LOST", "GROSS and net sales"."""
        before = start
        while before >= 3 and self._joins(spoken[before - 1]):
            # Back to the member of the list that has the noun: "won, lost and open".
            noun, kind = spoken[before - 3], spoken[before - 2]
            if self._metric(noun, kind) is not None:
                return self._metric(noun, spoken[start])
            before -= 2
        if start + 3 < len(spoken) and self._joins(spoken[start + 1]):
            kind, noun = spoken[start + 2], spoken[start + 3]
            if self._metric(kind, noun) is not None:
                return self._metric(spoken[start], noun)
        return None

    def _joins(self, word: str) -> bool:
        meaning = self._said.get((word,))
        return word == COMMA or (meaning is not None and meaning.kind is Kind.AND)

    def _metric(self, *phrase: str) -> Meaning | None:
        meaning = self._said.get(phrase)
        return meaning if meaning is not None and meaning.kind is Kind.METRIC else None

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


def _lexicon_phrases(spoken: Lexicon) -> Iterator[tuple[Phrase, Meaning]]:
    for phrase, (kind, value) in spoken.phrases.items():
        yield (
            phrase,
            Meaning(
                kind=kind,
                value=value,
                verb=kind if kind in _VERBS else None,
                plural=phrase[-1] in spoken.period.plural_units,
            ),
        )


def _model_phrases(
    model: SemanticModel, language: Language, said: Mapping[Phrase, Meaning]
) -> Iterator[tuple[Phrase, Meaning]]:
    for metric in model.metrics.values():
        label = metric.labels[language]
        texts = (label.singular, label.plural, *metric.synonyms.get(language, ()))
        for phrase in map(words, texts):
            known = said.get(phrase)
            yield (
                phrase,
                Meaning(
                    kind=Kind.METRIC,
                    metrics=(metric.name,),
                    # "faturamos" may be both the model's word and a verb of the language.
                    verb=known.verb if known else None,
                ),
            )
    for group in model.groups.values():
        for phrase in map(words, group.words.get(language, ())):
            yield phrase, Meaning(kind=Kind.METRIC, metrics=group.metrics)
    for dimension in model.dimensions.values():
        label = dimension.labels[language]
        meaning = Meaning(kind=Kind.DIMENSION, dimension=dimension.name)
        for text in (*dimension.synonyms.get(language, ()), label.plural, label.singular):
            plural = folded(text) != folded(label.singular) and _looks_plural(text)
            yield words(text), replace(meaning, plural=plural)


def _split_by(of_model: Mapping[Phrase, Meaning], said: Mapping[Phrase, Meaning]) -> list[Phrase]:
    """Phrases of the language that are a word of the model and empty ones: "ACCOUNT for" Acme."""
    empty = (Kind.FUNCTION, Kind.BY, Kind.FROM)
    return [
        phrase
        for phrase in said
        if len(phrase) > 1
        and phrase[:1] in of_model
        and all(_kind(said, word) in empty for word in phrase[1:])
    ]


def _names(model: SemanticModel) -> Iterator[tuple[Phrase, Meaning]]:
    """What the model calls its own, for where its labels do not say so: "faixa" for `faixa etária`.

    Names of one word: `revenue_year_to_date` would take the words of a period.
    """
    for name in model.metrics:
        yield (name,), Meaning(kind=Kind.METRIC, metrics=(name,))
    for name in model.dimensions:
        yield (name,), Meaning(kind=Kind.DIMENSION, dimension=name)


def _verbs(spoken: Lexicon, of_model: Mapping[Phrase, Meaning]) -> Iterator[tuple[Phrase, Meaning]]:
    """What customers do: "pediram" stands for the metric "pedidos", where the model has it."""
    for verb, noun in spoken.verbs_of.items():
        meaning = of_model.get(noun)
        if verb not in of_model and meaning is not None and meaning.kind is Kind.METRIC:
            yield verb, replace(meaning, verb=Kind.BUYING)


def _placed(spoken: Lexicon, of_model: Mapping[Phrase, Meaning]) -> str | None:
    """The one metric that the language's verbs of ordering stand for."""
    for noun in spoken.verbs_of.values():
        metrics = of_model[noun].metrics if noun in of_model else ()
        if len(metrics) == 1:
            return metrics[0]
    return None


def _looks_plural(text: str) -> bool:
    """In all three languages a plural ends in s; so does the first word of "tipos de cliente"."""
    return folded(text).endswith("s") or words(text)[0].endswith("s")


def _who(said: dict[Phrase, Meaning]) -> Mapping[Kind, str]:
    """Takes "quem vendeu", a dimension's synonym, apart: verb -> the dimension that does it."""
    askers = {phrase[0] for phrase, meaning in said.items() if meaning.kind is Kind.WHO}
    found: dict[Kind, str] = {}
    for phrase, meaning in list(said.items()):
        if meaning.kind is not Kind.DIMENSION or len(phrase) != 2 or phrase[0] not in askers:
            continue
        verb = said.get(phrase[1:])
        if verb is not None and verb.verb is not None:
            found[verb.verb] = meaning.dimension
            del said[phrase]
    if Kind.SELLING in found:
        found.setdefault(Kind.BILLING, found[Kind.SELLING])
        found.setdefault(Kind.CLOSING, found[Kind.SELLING])
    return found


def _counts(said: Mapping[Phrase, Meaning]) -> Mapping[str, str]:
    """Reads a metric's "quantos clientes" as what it consists of: dimension -> the metric."""
    return {
        said[phrase[end:]].dimension: meaning.metrics[0]
        for phrase, meaning in said.items()
        for end in range(1, len(phrase))
        if meaning.kind is Kind.METRIC
        and _kind(said, *phrase[:end]) is Kind.COUNT
        and _kind(said, *phrase[end:]) is Kind.DIMENSION
    }


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


def _kind(said: Mapping[Phrase, Meaning], *phrase: str) -> Kind:
    meaning = said.get(phrase)
    return meaning.kind if meaning else Kind.UNKNOWN
