"""Bring a file of history to the running stack over HTTP, and show how far it is.

    send the lines -> words are recallable -> their vectors

The file is sent as it is read, so its size costs no memory. Lines with an `external_id` are kept once,
however often they are sent: after an interruption the same command goes on where it matters.
"""

import json
import time
from collections.abc import Generator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ops.local import http_json
from ops.local.errors import ImportFailed, NotRunning
from ops.local.progress_bar import ProgressBar
from ops.local.stack_file import StackFile

#: Read and sent at a time.
BLOCK_BYTES = 64 * 1024
#: The API waits a while for small imports before it answers, and a busy one takes longer.
ANSWER_SECONDS = 120.0
POLL_SECONDS = 0.5
#: The workers said nothing new for so long: words never take that long, a busy machine's vectors may.
STILL_SECONDS = 120.0
#: Rejected lines that are shown; the API tells the first 1,000.
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of it. `without_vector`: found by their words only as yet."""

    import_id: str
    accepted: int
    rejected: int
    stored: int
    repeated: int
    without_vector: int


def import_file(stack: StackFile, path: Path, bar: ProgressBar) -> Brought:
    """Send the file and wait until it is recallable. Raises NotRunning or ImportFailed."""
    told = _sent(stack, path, bar)
    for rejection in told["rejections"][:SHOWN]:
        bar.note(f"line {rejection['line']} was rejected: {rejection['reason']}")
    if told["rejected"] > SHOWN:
        bar.note(f"... and {told['rejected'] - SHOWN} more lines were rejected")
    if not told["accepted"]:
        raise ImportFailed("No line was accepted.")
    where = f"/imports/{told['import_id']}"
    state = _followed(
        stack,
        where,
        bar,
        "words",
        total=told["accepted"],
        done=lambda now: now["stored"] + now["repeated"],
        over=lambda now: now["status"] in ("done", "failed"),
    )
    if state["status"] != "done":
        raise ImportFailed(f"The import {told['import_id']} failed; see the worker's log.")
    waiting = state["without_vector"]
    if waiting:
        state = _followed(
            stack,
            where,
            bar,
            "vectors",
            total=waiting,
            done=lambda now: max(0, waiting - now["without_vector"]),
            over=lambda now: now["without_vector"] == 0,
        )
    return Brought(**{name: state[name] for name in Brought.__slots__})


def _sent(stack: StackFile, path: Path, bar: ProgressBar) -> dict[str, Any]:
    address = urlsplit(stack.api_url)
    connection = HTTPConnection(address.hostname or "", address.port or 80, timeout=ANSWER_SECONDS)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            connection.request(
                "POST",
                "/conversations/import",
                body=_blocks(file, size, bar),
                headers={
                    "Authorization": f"Bearer {stack.admin_key}",
                    "Content-Type": "application/x-ndjson",
                    "Content-Length": str(size),
                },
            )
        answer = connection.getresponse()
        return _object(answer.status, answer.reason, answer.read())
    except ConnectionRefusedError as error:
        raise NotRunning(f"Nothing answers at {stack.api_url}; is the stack up?") from error
    except (BrokenPipeError, ConnectionResetError) as error:
        # It may have said why before it closed its ear.
        raise ImportFailed(_last_words(connection) or "The API hung up.") from error
    except FileNotFoundError as error:
        raise ImportFailed(f"There is no file {path}.") from error
    except (OSError, HTTPException) as error:
        raise ImportFailed(f"The file was not sent: {error}") from error
    finally:
        connection.close()


def _blocks(file: Any, size: int, bar: ProgressBar) -> Generator[bytes]:
    """The file's bytes, no more than it had when it was opened."""
    left = size
    while left and (block := file.read(min(BLOCK_BYTES, left))):
        yield block
        left -= len(block)
        bar.show("sent", size - left, size, unit="B")


def _last_words(connection: HTTPConnection) -> str:
    try:
        answer = connection.getresponse()
        _object(answer.status, answer.reason, answer.read())
    except ImportFailed as refusal:
        return str(refusal)
    except (OSError, HTTPException):
        pass
    return ""


def _followed(
    stack: StackFile,
    where: str,
    bar: ProgressBar,
    what: str,
    *,
    total: int,
    done: Any,
    over: Any,
) -> dict[str, Any]:
    """Ask again and again until it is over, or until nothing has moved for a long time."""
    most, moved = -1, time.monotonic()
    while True:
        state = _state(stack, where)
        bar.show(what, done(state), total)
        if over(state):
            return state
        if done(state) > most:
            most, moved = done(state), time.monotonic()
        if time.monotonic() - moved > STILL_SECONDS:
            if what == "vectors":
                bar.note("the vectors are slow to come; they follow in the background")
                return state
            raise ImportFailed("The workers do not get on with it; see the worker's log.")
        time.sleep(POLL_SECONDS)


def _state(stack: StackFile, where: str) -> dict[str, Any]:
    try:
        response = http_json.send(
            f"{stack.api_url}{where}", key=stack.admin_key, timeout=ANSWER_SECONDS
        )
    except (OSError, HTTPException) as error:
        raise ImportFailed(f"The API does not answer any more: {error}") from error
    if response.body is None or response.status != 200:
        raise ImportFailed(f"The API answered {response.status}: {response.reason}")
    return response.body


def _object(status: int, reason: str, content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if status == 200 and isinstance(body, dict):
        return body
    problem = body if isinstance(body, dict) else {}
    why = problem.get("detail") or problem.get("title") or reason
    raise ImportFailed(f"The API answered {status}: {why}")
