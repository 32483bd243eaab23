"""Every sentence exists in every language, with the same places to fill."""

from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from backend import plugins
from backend.domain.language import Language
from backend.plugins.words import words


def places(language: Language) -> dict[str, set[str]]:
    """Phrase -> the names of its places, from the file itself."""
    path = Path(*plugins.__path__) / "wording" / f"{language}.yaml"
    found: dict[str, set[str]] = {}

    def walk(node: Any, key: str) -> None:
        if isinstance(node, dict):
            for name, inner in node.items():
                walk(inner, f"{key}{name}.")
        else:
            found[key.rstrip(".")] = {name for _, name, _, _ in Formatter().parse(node) if name}

    walk(yaml.safe_load(path.read_text(encoding="utf-8")), "")
    return found


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.SPANISH])
def test_a_language_says_what_portuguese_says(language: Language) -> None:
    assert places(language) == places(Language.PORTUGUESE)


@pytest.mark.parametrize("language", list(Language))
def test_the_phrases_are_found_by_their_dotted_keys(language: Language) -> None:
    assert words(language).keys == places(language).keys()
