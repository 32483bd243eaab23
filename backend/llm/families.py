"""What a model's name says about the request it accepts.

Providers refuse, with status 400, a setting that a family of models does not know; there is no
call that asks. Each rule below names the behaviour it answers to. An unknown name gets the
request that every recent model accepts: no temperature, and room to think.
"""

import re
from dataclasses import dataclass

#: Models that think before they write count those tokens as output: without room for them the
#: answer is cut before its first word. At the low efforts below, thinking rarely takes 2,000.
THINKING_ROOM = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """How to ask this model."""

    temperature: bool = False
    #: The least thinking that the model allows: an answer is waited for.
    effort: str | None = None
    thinks: bool = True

    def output_limit(self, answer_tokens: int) -> int:
        """The limit to send, in tokens, for an answer of `answer_tokens` at most."""
        return answer_tokens + THINKING_ROOM if self.thinks else answer_tokens


def openai_family(model: str) -> Family:
    """OpenAI's own models, by name."""
    name = model.removeprefix("ft:")
    if re.match(r"gpt-(3\.5|4)|chatgpt-4o", name):
        return Family(temperature=True, thinks=False)
    if re.match(r"gpt-\d+(\.\d+)?-chat", name):
        return Family()
    if re.match(r"gpt-5(-|$)", name):
        # The first generation knows no "none".
        return Family(effort="minimal")
    if re.match(r"gpt-\d", name) and "-pro" not in name:
        # From 5.4 on, chat completions take function tools only with thinking off, and 5.6
        # and 6 have it on unless told.
        return Family(effort="none", thinks=False)
    if re.match(r"o\d", name):
        return Family(effort="low")
    return Family()


def anthropic_family(model: str) -> Family:
    """Claude, by name. From 4.7 on sampling settings are refused, from 5 on it thinks unasked."""
    version = re.search(r"claude-[a-z]+-(\d+)(?:-(\d)(?!\d))?", model)
    if version is None:
        return Family()
    major, minor = int(version[1]), int(version[2] or 0)
    if major >= 5:
        return Family(effort="low")
    return Family(temperature=(major, minor) < (4, 7), thinks=False)


def gemini_family(model: str) -> Family:
    """Gemini, by name. From 3 on it loops at low temperatures and takes a thinking level."""
    version = re.search(r"gemini-(\d+)(?:\.(\d+))?", model)
    if version is None:
        return Family()
    major, minor = int(version[1]), int(version[2] or 0)
    if major >= 3:
        return Family(effort="low")
    if (major, minor) >= (2, 5):
        # Only the flash models of 2.5 can do without thinking.
        flash = "flash" in model
        return Family(temperature=True, effort="none" if flash else None, thinks=not flash)
    return Family(temperature=True, thinks=False)
