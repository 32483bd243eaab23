"""Every sentence exists in every language, with the same places to fill."""

from string import Formatter

import pytest

from backend.domain.language import Language
from backend.plugins.words import SENTENCES


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.SPANISH])
def test_a_language_says_what_portuguese_says(language: Language) -> None:
    portuguese = {key: places(text) for key, text in SENTENCES[Language.PORTUGUESE].items()}
    assert {key: places(text) for key, text in SENTENCES[language].items()} == portuguese
