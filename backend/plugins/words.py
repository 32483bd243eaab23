"""The sentences that tools say to readers, from one YAML file per language beside this module."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from backend.domain.language import Language


def say(language: Language, key: str, **values: str) -> str:
    """The sentence called `key` ("market.latest") with its places filled."""
    return SENTENCES[language][key].format(**values)


def _read(language: Language) -> Mapping[str, str]:
    text = (Path(__file__).parent / "wording" / f"{language}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(dict(_flat(yaml.safe_load(text), "")))


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, node in tree.items():
        if isinstance(node, Mapping):
            flat += _flat(node, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", str(node)))
    return flat


#: Language -> key -> sentence. Read when the process starts: a missing file stops it there.
SENTENCES: Mapping[Language, Mapping[str, str]] = {
    language: _read(language) for language in Language
}
