"""Members that the figures are about: "no Sul", "da Ana Souza", "região Sul e Norte"."""

from backend.semantic.draft import Draft
from backend.semantic.joins import path
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.sentence import Sentence
from backend.semantic.tokens import COMMA

#: "Por região menos o Sul" leaves out, too.
_DENIALS = (Kind.EXCLUDE, Kind.NEGATION, Kind.LEAST)


def read_filters(sentence: Sentence, draft: Draft) -> None:
    """Claims members, the dimension named beside one, and "por" before one ("por WhatsApp").

    A word that is a member of two dimensions (São Paulo) is the one that the question names, or
    else in doubt: the one that the model declares first is taken, and the others are noted.
    """
    said_before, leaving_out = "", False
    places: list[str] = []
    for index in sentence.of(Kind.MEMBER):
        if _is_listed_with_metrics(sentence, index):
            continue
        members = sentence.meaning(index).members
        beside = _dimension_beside(sentence, index)
        said = sentence.meaning(beside).dimension if beside is not None else said_before
        meant = tuple(each for each in members if each.dimension == said) or members
        chosen = meant[0]
        if chosen.dimension in places[:-1] and places[-1] != chosen.dimension:
            # "Bebidas no Sul e limpeza no Norte" are two questions.
            continue
        denial = _denial(sentence, index, beside)
        goes_on = leaving_out and bool(said_before)
        if goes_on and denial is None and chosen.dimension != said_before:
            if not _begins_anew(sentence, index):
                # "Sem o Sul e bebidas": left out, or asked for?
                continue
            goes_on = False
        places.append(chosen.dimension)
        leaving_out = denial is not None or goes_on
        said_before = chosen.dimension if _goes_on(sentence, index) else ""
        draft.add_member(chosen.dimension, chosen.member, excluded=leaving_out)
        if len(meant) > 1:
            draft.doubtful.append((chosen, meant[1:]))
        sentence.claim(index, beside, denial)
        before = sentence.before(index)
        if leaving_out and denial is None and sentence.kind(before) is Kind.NOR:
            sentence.claim(before)
        if before is not None and before == beside:
            before = sentence.before(before)
        if sentence.kind(before) in (Kind.BY, Kind.FROM):
            sentence.claim(before)


def _is_listed_with_metrics(sentence: Sentence, index: int) -> bool:
    """As in "opportunities won and LOST": rather a second metric than a member to keep."""
    joint = index - 1
    if sentence.kind(joint) is not Kind.AND or sentence.said(joint) == COMMA:
        return False
    return sentence.kind(sentence.before(joint)) is Kind.METRIC


def _begins_anew(sentence: Sentence, index: int) -> bool:
    """As in "excluding seafood, FOR Germany": a comma, and a word that says whose."""
    between = sentence.before(index)
    return (
        between is not None
        and sentence.said(between) == COMMA
        and sentence.kind(index - 1) in (Kind.FUNCTION, Kind.FROM)
    )


def _denial(sentence: Sentence, index: int, beside: int | None) -> int | None:
    """The word before a member that leaves it out: "SEM o Sul", "MENOS a região Sul"."""
    before = sentence.before(index)
    if before is not None and before == beside:
        before = sentence.before(before)
    while before is not None and sentence.kind(before) in (Kind.FROM, Kind.BY):
        before = sentence.before(before)
    if before is None or sentence.is_claimed(before):
        return None
    if sentence.kind(before) is Kind.LEAST and _ranks(sentence, before):
        return None
    return before if sentence.kind(before) in _DENIALS else None


def _ranks(sentence: Sentence, least: int) -> bool:
    """As in "quem vendeu MENOS bebidas"."""
    before = sentence.before(least)
    return before is not None and sentence.meaning(before).verb is not None


def read_owned(sentence: Sentence, draft: Draft, model: SemanticModel) -> None:
    """Claims "produtos" in "faturamento dos produtos de limpeza": all that a member owns is itself.

    For words that no other rule wanted. A ranking may have wanted them, so not beside one.
    """
    for index in sentence.of(Kind.DIMENSION):
        owned = sentence.meaning(index)
        beside = (sentence.before(index), sentence.after(index))
        if (
            owned.plural
            and draft.order is None
            and any(
                _belongs(owned.dimension, member.dimension, model)
                for place in beside
                if place is not None and sentence.is_claimed(place)
                for member in sentence.meaning(place).members
            )
        ):
            sentence.claim(index)


def _belongs(dimension: str, owner: str, model: SemanticModel) -> bool:
    """True when each member of the dimension is of one of the owner's: a product of a category."""
    table, target = model.dimensions[dimension].table, model.dimensions[owner].table
    return table != target and path(model, table, target) is not None


def _dimension_beside(sentence: Sentence, index: int) -> int | None:
    """As in "região Sul", "Sul region": the name of the dimension says nothing more."""
    dimensions = {each.dimension for each in sentence.meaning(index).members}
    for beside in (sentence.before(index), sentence.after(index)):
        if (
            beside is not None
            and sentence.kind(beside) is Kind.DIMENSION
            and not sentence.is_claimed(beside)
            and sentence.meaning(beside).dimension in dimensions
        ):
            return beside
    return None


def _goes_on(sentence: Sentence, index: int) -> bool:
    """True where another member follows in the same list."""
    joint = sentence.after(index)
    return sentence.kind(joint) in (Kind.AND, Kind.NOR)
