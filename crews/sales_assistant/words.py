"""The words of the crew, read once from the YAML beside it. What is read never changes afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

import yaml

from backend.domain.language import Language
from backend.domain.turns import Decision

#: As the prompts name them.
LANGUAGES: Mapping[Language, str] = MappingProxyType(
    {
        Language.PORTUGUESE: "Brazilian Portuguese",
        Language.ENGLISH: "English",
        Language.SPANISH: "Spanish",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWords:
    """Who an agent is, in CrewAI's three parts."""

    role: str
    goal: str
    backstory: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWords:
    """What an agent is asked to do; both texts may hold placeholders."""

    agent: str
    description: str
    expected_output: str


def fill(template: str, inputs: Mapping[str, str]) -> str:
    """`template` with its placeholders replaced; a KeyError if one has no input.

    What is put in is not looked at again, so a `{` in the data stays a `{`.
    """
    return template.format_map(inputs)


def placeholders(template: str) -> frozenset[str]:
    """The names of the inputs that `template` needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _read(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "config" / f"{name}.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


AGENTS: Mapping[str, AgentWords] = MappingProxyType(
    {name: AgentWords(**words) for name, words in _read("agents").items()}
)
TASKS: Mapping[str, TaskWords] = MappingProxyType(
    {name: TaskWords(**words) for name, words in _read("tasks").items()}
)
CHOICES: Mapping[Decision, str] = MappingProxyType(
    {Decision(name): meaning for name, meaning in _read("choices").items()}
)
_ENDINGS = _read("endings")
#: The last message to a model that has used up its rounds of tools.
LAST_CALL: str = _ENDINGS["instruction"]
#: What the person reads when that does not help.
NO_ANSWER: Mapping[Language, str] = MappingProxyType(
    {language: _ENDINGS[language.value] for language in Language}
)
