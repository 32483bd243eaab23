"""Lines about somebody who was erased leave the logs.

The application says who, by a number that then names nobody; every line with that number goes.
"""

import asyncio
import json
import re
from typing import Protocol

_EVENT = "person.erased"
# As LOG_FORMAT=console writes it; what somebody said is never at the beginning of a line.
_SPOKEN = re.compile(rb"^\S+(?: \S+)? \[info *\] person\.erased\b.*?\bperson_id=([0-9a-f-]{36})")
# Whoever answered at that moment may write a line after it.
AGAIN_SECONDS = 3.0


class Lines(Protocol):
    """A log that lines can be taken out of."""

    def drop(self, mark: bytes) -> None: ...


class ErasedLines:
    """Hears each line of all programs, and takes out what must go from all of their logs."""

    def __init__(self) -> None:
        self._logs: list[Lines] = []

    def watch(self, log: Lines) -> None:
        self._logs.append(log)

    def hear(self, line: bytes) -> None:
        mark = _whom(line) if _EVENT.encode() in line else None
        if mark is None:
            return
        self._drop(mark)
        asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._drop, mark)

    def _drop(self, mark: bytes) -> None:
        for log in self._logs:
            log.drop(mark)


def _whom(line: bytes) -> bytes | None:
    """The number, if it is the event itself that says so, and not words in another."""
    spoken = _SPOKEN.search(line)
    if spoken is not None:
        return spoken[1]
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("event") != _EVENT:
        return None
    return str(said["person_id"]).encode() if said.get("person_id") else None
