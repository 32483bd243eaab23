"""Variables in a compose file, as Docker Compose reads them: `${A}`, `${A:-default}`, `${A:?reason}`.

The forms without the colon do not count an empty value as missing. `$$` is a dollar sign. A default
may hold variables, which are read only where it is used.
"""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class VariableMissing(Exception):
    """The start is refused; the message is what the file says about the variable."""


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """Return the text with its variables replaced. Raises VariableMissing, and ValueError."""
    parts: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        following = text[dollar + 1 : dollar + 2]
        if following == "$":
            parts.append("$")
            at = dollar + 2
        elif following == "{":
            end = _closing(text, dollar + 1)
            parts.append(_value(text[dollar + 2 : end], environment))
            at = end + 1
        elif name := _NAME.match(text, dollar + 1):
            parts.append(environment.get(name.group(), ""))
            at = name.end()
        else:
            raise ValueError(f"a lone dollar sign: {text[dollar : dollar + 20]!r}")
    return "".join(parts) + text[at:]


def _value(expression: str, environment: Mapping[str, str]) -> str:
    named = _NAME.match(expression)
    if named is None:
        raise ValueError(f"no variable's name: {expression!r}")
    name, rest = named.group(), expression[named.end() :]
    value = environment.get(name)
    operator, word = re.fullmatch(r"(:?[-?]|)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    present = bool(value) if operator.startswith(":") else value is not None
    if present or not operator:
        return value or ""
    if operator.endswith("-"):
        return interpolated(word, environment)
    raise VariableMissing(interpolated(word, environment) or f"{name} must be set")


def _closing(text: str, opening: int) -> int:
    """The index of the brace that closes the one at `opening`."""
    depth = 0
    for index in range(opening, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    raise ValueError(f"a brace is not closed: {text[opening : opening + 30]!r}")
