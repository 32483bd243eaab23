"""The three languages' word files have the same lists and the same phrases with the same places."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import backend.semantic
from backend.domain.language import Language
from backend.semantic.lexicon import lexicon

HOME = Path(next(iter(backend.semantic.__path__)))


def _tree(folder: str, language: Language) -> dict[str, Any]:
    text = (HOME / folder / f"{language}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    return loaded


def _leaves(tree: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict):
        return {prefix: tree}
    return {
        path: leaf
        for key, node in tree.items()
        for path, leaf in _leaves(node, f"{prefix}.{key}").items()
    }


@pytest.mark.parametrize("language", Language)
def test_phrases_have_the_same_places(language: Language) -> None:
    ours, theirs = (
        {
            key: sorted(set(re.findall(r"{\w+", str(leaf))))
            for key, leaf in _leaves(_tree("phrases", each)).items()
        }
        for each in (language, Language.PORTUGUESE)
    )
    assert ours == theirs


@pytest.mark.parametrize("folder", ["grammar", "periods"])
@pytest.mark.parametrize("language", Language)
def test_grammars_have_the_same_lists(language: Language, folder: str) -> None:
    words_as_keys = ("chat", "days", "to_date", "numbers", "verbs_of")

    def shape(each: Language) -> set[str]:
        paths = {path.lstrip(".") for path in _leaves(_tree(folder, each))}
        return {path for path in paths if not path.startswith(words_as_keys)}

    assert shape(language) == shape(Language.PORTUGUESE)


@pytest.mark.parametrize("language", Language)
def test_grammars_can_be_read(language: Language) -> None:
    spoken = lexicon(language)

    assert len(spoken.words) > 200
    assert all(phrase for phrase in spoken.phrases)
