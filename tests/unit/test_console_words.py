"""The console's texts: both languages hold the same, and all that the code and the API need."""

import ast
import string
from collections.abc import Iterator

import pytest

from backend.api import problems
from backend.domain.errors import SalesCrewError
from backend.domain.turns import Decision, TurnStatus
from tests.unit.console_stage import UI
from ui.wording import LANGUAGES, texts


def test_the_languages_hold_the_same_texts_with_the_same_values() -> None:
    first, second = (
        {key: sorted(_values(text)) for key, text in texts(language).items()}
        for language in LANGUAGES
    )

    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_blank(language: str) -> None:
    assert all(str(text).strip() == text != "" for text in texts(language).values())


def test_every_text_that_the_code_names_is_there_and_gets_its_values() -> None:
    asked = list(_asked())

    assert len(asked) > 60
    known = texts("pt")
    assert {key for key, _ in asked} - known.keys() == set()
    assert [(key, given) for key, given in asked if given != set(_values(known[key]))] == []


def test_every_code_and_name_of_the_api_has_its_words() -> None:
    known = texts("en")
    ours = (kind for kind in _kinds(SalesCrewError) if kind.__module__.startswith("backend."))
    codes = {kind.code for kind in ours} | set(problems._STATUS)

    # Not answered to anyone: the caller is gone, or is no caller of the console's.
    silent = {"client_gone"}
    assert {code for code in codes if f"errors.{code}" not in known} <= silent
    assert {f"status.{each.value}" for each in TurnStatus} <= known.keys()
    assert {f"decision.{each.value}" for each in Decision} <= known.keys()


def _values(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _asked() -> Iterator[tuple[str, set[str]]]:
    """Each `say("key", value=…)`."""
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "say":
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield str(key.value), {str(word.arg) for word in node.keywords}


def _kinds(kind: type[SalesCrewError]) -> Iterator[type[SalesCrewError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)
