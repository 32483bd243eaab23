"""Labels, synonyms and texts of a model, written out: every language has some, whatever was given.

A model that speaks one language is complete; the others use its words. What cannot be understood is
left as it is, for the loader to refuse with its place.
"""

from collections.abc import Mapping
from typing import Any

from backend.domain.language import Language

_LANGUAGES = tuple(each.value for each in Language)
_LABEL_KEYS = frozenset({"singular", "plural", "gender"})


def labels(given: Any, name: str) -> Any:
    """A label for every language; from the entry's name where none is given."""
    if given in (None, "", {}):
        given = name.replace("_", " ")
    if isinstance(given, dict) and given and given.keys() <= _LABEL_KEYS:
        return dict.fromkeys(_LANGUAGES, _label(given))
    if isinstance(given, str | list):
        return dict.fromkeys(_LANGUAGES, _label(given))
    if not isinstance(given, dict):
        return given
    return _in_all({key: _label(each) for key, each in by_language(given).items()})


def texts(given: Any, otherwise: Any) -> Any:
    """A sentence for every language; `otherwise` where none is given."""
    if given in (None, "", {}):
        return otherwise
    if isinstance(given, dict):
        return _in_all(by_language(given))
    return dict.fromkeys(_LANGUAGES, given) if isinstance(given, str) else given


def words(given: Any) -> Any:
    """Language -> list of words. One list for all of them serves each."""
    if given is None:
        return {}
    if isinstance(given, dict):
        return {key: _list(each) for key, each in by_language(given).items()}
    return dict.fromkeys(_LANGUAGES, _list(given))


def by_language(given: Mapping[Any, Any]) -> dict[Any, Any]:
    """With "pt" for "pt-BR" and "pt_BR"; what is no language stays as it is."""
    return {_language(key): each for key, each in given.items()}


def languages_of(given: Any) -> tuple[str, ...]:
    """The languages that labels or lists of words, as they were written, name."""
    if not isinstance(given, dict):
        return ()
    return tuple(key for key in by_language(given) if key in _LANGUAGES)


def lent(given: Any, used: tuple[str, ...]) -> Any:
    """Gives languages that the model never uses the words of the first that it does.

    Only such a language: in another the borrowed word could be somebody else's.
    """
    if not used or not isinstance(given, dict) or not _is_list_of_words(given.get(used[0])):
        return given
    return given | {key: given[used[0]] for key in _LANGUAGES if key not in used}


def _in_all(given: dict[Any, Any]) -> dict[Any, Any]:
    first = next((given[key] for key in given if key in _LANGUAGES), None)
    # What is wrong is told once, not in three languages.
    if not isinstance(first, str | dict):
        return given
    return given | {key: first for key in _LANGUAGES if given.get(key) is None}


def _language(key: Any) -> Any:
    if not isinstance(key, str):
        return key
    short = key.replace("_", "-").split("-")[0].lower()
    return short if short in _LANGUAGES else key


def _label(given: Any) -> Any:
    """From "pedido", [pedido, pedidos] or {singular: pedido}."""
    if isinstance(given, list) and len(given) == 2:
        return {"singular": given[0], "plural": given[1]}
    if isinstance(given, str):
        return {"singular": given, "plural": given}
    if isinstance(given, dict) and "singular" in given:
        return {"plural": given["singular"], **given}
    return given


def _is_list_of_words(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)


def _list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given
