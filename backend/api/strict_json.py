"""JSON as strict as the database that will keep it.

Everything that another part of the road would stumble over is refused here with a reason:
duplicate names, numbers that are none, NUL and half characters (Postgres stores neither), depth.
"""

import json
import math
from typing import Any, NoReturn

from backend.domain.errors import InvalidRequest

#: Deeper than any metadata that somebody reads.
MOST_DEPTH = 16
#: What other programs read as a whole number, too.
LARGEST_INTEGER = 2**63 - 1


def parse_json(raw: bytes | str) -> Any:
    """A JSON text that can be stored as it is. Raises InvalidRequest."""
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        parsed = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError as error:
        raise InvalidRequest("The body is not UTF-8") from error
    except RecursionError as error:
        raise InvalidRequest("The body is nested too deeply") from error
    except ValueError as error:
        # Of the parser or of a hook below: both say what and where, and quote nothing.
        raise InvalidRequest(f"The body is not valid JSON: {error}") from error
    _check(parsed, MOST_DEPTH)
    return parsed


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names a member twice")
    return members


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _int(text: str) -> int:
    # 19 digits and a sign hold every 64-bit number; longer ones are not even converted.
    number = int(text) if len(text) <= 20 else LARGEST_INTEGER + 1
    if abs(number) > LARGEST_INTEGER:
        raise ValueError("a number is too large")
    return number


def _check(value: Any, depth: int) -> None:
    """Refuse what Postgres cannot keep. Recursion is bounded by `depth`."""
    if depth < 0:
        raise InvalidRequest("The body is nested too deeply")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_text(name)
            _check(member, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth - 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise InvalidRequest("The body holds a NUL character, which cannot be stored")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidRequest("The body holds half a surrogate pair, not a character") from error
