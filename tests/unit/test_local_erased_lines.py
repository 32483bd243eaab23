"""Who was erased is in no log of the stack: not in the file, nor in the one before it."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.local.erased_lines import ErasedLines
from ops.local.program_log import ProgramLog
from ops.local.terminal import Terminal

ERASED = "01a21e09-59dc-75cf-8462-a520265b85a9"
OTHER = "01a21e07-c087-72e0-8adc-f68830f2af11"


def line(event: str, person_id: str, prompt: str = "") -> bytes:
    return json.dumps({"event": event, "person_id": person_id, "prompt": prompt}).encode() + b"\n"


def spoken(event: str, person_id: str, prompt: str = "") -> bytes:
    """As LOG_FORMAT=console writes it."""
    return f"12:00 [info] {event:30} person_id={person_id} prompt={prompt}\n".encode()


@pytest.fixture
def logs(tmp_path: Path) -> dict[str, ProgramLog]:
    erased, terminal = ErasedLines(), Terminal(io.StringIO())
    found = {name: ProgramLog(name, tmp_path, terminal, erased.hear) for name in ("api", "worker")}
    for log in found.values():
        erased.watch(log)
    return found


@pytest.mark.parametrize("form", [line, spoken])
def test_every_line_of_theirs_goes_and_no_other(
    logs: dict[str, ProgramLog], tmp_path: Path, form: Callable[..., bytes]
) -> None:
    tmp_path.joinpath("api.log.1").write_bytes(form("a.said", ERASED, "old secret"))

    logs["api"].feed(form("a.said", ERASED, "secret") + form("a.said", OTHER, "kept"))
    logs["worker"].feed(form("turn.answered", ERASED, "secret"))
    logs["worker"].feed(form("person.erased", ERASED))
    # Written by whoever was answering, and cut as a pipe cuts it.
    late = form("turn.answered", ERASED, "late secret")
    logs["worker"].feed(late[:30])
    logs["worker"].feed(late[30:] + form("a.said", OTHER, "after"))
    for log in logs.values():
        log.close()
    written = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert written == form("a.said", OTHER, "kept") + form("a.said", OTHER, "after")


def test_a_line_that_is_not_ended_is_not_torn(logs: dict[str, ProgramLog]) -> None:
    whole = line("a.said", OTHER, "a long line")

    logs["api"].feed(whole[:20])
    logs["worker"].feed(line("person.erased", ERASED))
    logs["api"].feed(whole[20:])
    assert logs["api"].path.read_bytes() == whole


def test_without_the_word_that_they_were_erased_lines_stay(logs: dict[str, ProgramLog]) -> None:
    logs["worker"].feed(line("turn.answered", ERASED, "secret"))
    logs["worker"].feed(line("turn.answered", OTHER, f"person.erased {ERASED}"))
    assert b"secret" in logs["worker"].path.read_bytes()
