"""The words of answers, from `phrases/<language>.yaml`, which all hold the same keys."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language


class Phrasebook:
    """One language's phrases by dotted key ("total.amount")."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self._phrases = dict(_flat(tree, ""))

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._phrases)

    def say(self, key: str, **values: str | int) -> str:
        """The phrase with its places filled."""
        return str(self._phrases[key]).format(**values)

    def has(self, key: str) -> bool:
        return key in self._phrases

    def month(self, number: int) -> str:
        return str(self._phrases["months"][number - 1])

    def joined(self, parts: Sequence[str], last: str = "and") -> str:
        """As in "a, b and c"."""
        *first, final = parts
        if not first:
            return final
        return self.say("list").join(first) + self.say(last) + final


@cache
def phrasebook(language: Language) -> Phrasebook:
    path = Path(__file__).parent / "phrases" / f"{language}.yaml"
    return Phrasebook(yaml.safe_load(path.read_text(encoding="utf-8")))


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, node in tree.items():
        if isinstance(node, Mapping):
            flat += _flat(node, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", node))
    return flat
