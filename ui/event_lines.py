"""Server-Sent Events out of the lines that carry them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ui.errors import ApiFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    #: What `Last-Event-ID` takes to resume after this one.
    id: str
    kind: str
    data: dict[str, Any]

    @property
    def closes(self) -> bool:
        return self.kind in ("turn.answered", "turn.failed")


def events(lines: Iterable[str]) -> Iterator[Event]:
    """Each event when its blank line has come; comments are skipped. Raises ApiFailed."""
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            fields[name] = f"{fields[name]}\n{value}" if name == "data" in fields else value
        elif not line and fields:
            if "data" in fields:
                yield _event(fields)
            fields = {}


def _event(fields: dict[str, str]) -> Event:
    try:
        data = json.loads(fields["data"])
    except ValueError as error:
        raise ApiFailed("not_understood") from error
    if not isinstance(data, dict):
        raise ApiFailed("not_understood")
    return Event(id=fields.get("id", ""), kind=fields.get("event", ""), data=data)
