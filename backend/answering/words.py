"""The few sentences that the road itself says, per language, from `words.yaml`."""

from functools import cache
from pathlib import Path

import yaml

from backend.domain.language import Language


@cache
def _words() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = yaml.safe_load(text)
    return loaded


def sentence(name: str, language: Language) -> str:
    return _words()[name][language]
