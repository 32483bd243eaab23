"""The sentences that tools say to readers, one YAML file per language beside this module.

Numbers, days and months are written as the semantic layer's phrasebook writes them.
"""

from functools import cache
from pathlib import Path

import yaml

from backend.domain.language import Language
from backend.semantic.phrasebook import Phrasebook


@cache
def words(language: Language) -> Phrasebook:
    """The tools' own phrases, by dotted key ("market.latest.dollar")."""
    path = Path(__file__).parent / "wording" / f"{language}.yaml"
    return Phrasebook(yaml.safe_load(path.read_text(encoding="utf-8")))


def say(language: Language, key: str, **values: str) -> str:
    """The phrase called `key` with its places filled."""
    return words(language).say(key, **values)
