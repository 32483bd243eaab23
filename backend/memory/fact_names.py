"""Names of accounts and persons, as people write them beside a verb. Pure."""

from backend.llm.offline.phrases import fold_around_is
from backend.memory.fact_words import FactWords, around

#: "Distribuidora de Bebidas São João" has five.
_MOST_WORDS = 5
#: Of a name in small letters, which has no other end than the verb.
_MOST_SMALL_WORDS = 4


def name_in(text: str, words: FactWords) -> str | None:
    """The name that a text is, without article, lead and adverbs; None when it is none."""
    folded = fold_around_is(text).rstrip()
    adverbs = words.adverbs.search(folded)
    if adverbs is not None:
        folded = folded[: adverbs.start()]
    said = text[: len(folded)].split()
    while said and fold_around_is(said[0]) in around()["articles"]:
        said = said[1:]
    if said and said[0].casefold() in around()["bare_kinds"] and said[1:] and said[1][:1].isupper():
        said = said[1:]
    if not 1 <= len(said) <= _MOST_WORDS:
        return None
    name = " ".join(said).rstrip(":")
    keys = [fold_around_is(word) for word in said]
    if any(key in words.not_names for key in keys) or words.refuse["figures"].search(
        " ".join(keys)
    ):
        return None
    if keys[0] in words.kinds - around()["bare_kinds"]:
        return name if 2 <= len(said) <= _MOST_SMALL_WORDS else None
    is_proper = said[0][:1].isupper() and all(
        word[:1].isupper() or word[:1].isdigit() or fold_around_is(word) in around()["joining"]
        for word in said
    )
    return name if is_proper else None
