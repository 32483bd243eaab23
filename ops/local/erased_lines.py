"""Lines about somebody who was erased leave the logs.

The application says who, by a number that then names nobody; every line with that number goes.
"""

import json
import re
from collections import deque
from typing import Protocol

_EVENT = "person.erased"
# As LOG_FORMAT=console writes it; what somebody said is never at the beginning of a line.
_SPOKEN = re.compile(rb"^\S+(?: \S+)? \[info *\] person\.erased\b.*?\bperson_id=([0-9a-f-]{36})")
# Whoever was answering writes a last line or two after it.
REMEMBERED = 100


class Lines(Protocol):
    """A log that lines can be taken out of."""

    def drop(self, mark: bytes) -> None: ...


class ErasedLines:
    """Hears each line of all programs, and takes out what must go from all of their logs."""

    def __init__(self) -> None:
        self._logs: list[Lines] = []
        self._marks: deque[bytes] = deque(maxlen=REMEMBERED)

    def watch(self, log: Lines) -> None:
        self._logs.append(log)

    def hear(self, line: bytes) -> None:
        """The line is in its log's file already."""
        mark = _whom(line) if _EVENT.encode() in line else None
        if mark is not None and mark not in self._marks:
            self._marks.append(mark)
        for each in self._marks:
            if each in line:
                self._drop(each)

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
