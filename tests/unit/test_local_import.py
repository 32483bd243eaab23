"""`make import`: what is sent, what is shown, and how it fails. The API is a scripted one."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ops.local import import_file as importing
from ops.local.errors import ImportFailed, NotRunning
from ops.local.import_file import import_file
from ops.local.progress_bar import ProgressBar
from ops.local.stack_file import StackFile
from tests.unit.local_stack import STACK

STATE: dict[str, Any] = {
    "import_id": "i-1",
    "status": "running",
    "accepted": 10,
    "rejected": 0,
    "stored": 0,
    "repeated": 0,
    "without_vector": 0,
}


class Api:
    """Tells the states that it was given, the last of them for ever."""

    def __init__(self) -> None:
        self.received = b""
        self.keys: set[str] = set()
        self.posted: tuple[int, Any] = (200, {**STATE, "rejections": []})
        self.states = [{**STATE, "status": "done", "stored": 10}]
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                api.received = self.rfile.read(int(self.headers["content-length"]))
                api.keys.add(self.headers["authorization"])
                self._send(*api.posted)

            def do_GET(self) -> None:
                api.keys.add(self.headers["authorization"])
                self._send(200, api.states.pop(0) if len(api.states) > 1 else api.states[0])

            def _send(self, status: int, body: Any) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                """Tests are quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def stack(self) -> StackFile:
        return replace(STACK, api_url=f"http://127.0.0.1:{self.http.server_address[1]}")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr(importing, "POLL_SECONDS", 0.0)
    api = Api()
    yield api
    api.http.shutdown()
    api.http.server_close()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.ndjson"
    path.write_bytes(b'{"line": 1}\n' * 20_000)
    return path


def test_the_whole_file_is_sent_as_the_administrator(api: Api, history: Path) -> None:
    brought = import_file(api.stack, history, ProgressBar(io.StringIO()))
    assert api.received == history.read_bytes()
    assert api.keys == {f"Bearer {STACK.admin_key}"}
    assert (brought.import_id, brought.stored, brought.without_vector) == ("i-1", 10, 0)


def test_words_are_waited_for_and_then_the_vectors(api: Api, history: Path) -> None:
    done = {**STATE, "status": "done", "stored": 10}
    api.states = [
        {**STATE, "stored": 4},
        {**done, "without_vector": 8},
        {**done, "without_vector": 8},
        {**done, "without_vector": 3},
        done,
    ]
    shown = io.StringIO()
    assert import_file(api.stack, history, ProgressBar(shown)).without_vector == 0
    lines = shown.getvalue().splitlines()
    assert [line.split()[0] for line in lines if "100%" in line] == ["sent", "words", "vectors"]


def test_rejected_lines_are_told_and_the_rest_is_brought(api: Api, history: Path) -> None:
    rejections = [{"line": number, "reason": "no"} for number in range(1, 26)]
    api.posted = (200, {**STATE, "rejected": 25, "rejections": rejections})
    shown = io.StringIO()
    import_file(api.stack, history, ProgressBar(shown))
    assert "line 1 was rejected: no\n" in shown.getvalue()
    assert "... and 5 more lines were rejected\n" in shown.getvalue()


def test_what_fails_is_said_in_one_line(
    api: Api, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = ProgressBar(io.StringIO())
    api.states = [{**STATE, "status": "failed"}]
    with pytest.raises(ImportFailed, match="i-1 failed"):
        import_file(api.stack, history, bar)
    api.posted = (200, {**STATE, "accepted": 0, "rejected": 1, "rejections": []})
    with pytest.raises(ImportFailed, match="No line was accepted"):
        import_file(api.stack, history, bar)
    api.posted = (403, {"detail": "not for you"})
    with pytest.raises(ImportFailed, match="403: not for you"):
        import_file(api.stack, history, bar)
    with pytest.raises(ImportFailed, match="There is no file"):
        import_file(api.stack, history.with_name("other"), bar)
    with pytest.raises(NotRunning):
        import_file(replace(STACK, api_url="http://127.0.0.1:1"), history, bar)


def test_workers_that_do_nothing_are_not_waited_for(
    api: Api, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "STILL_SECONDS", 0.02)
    bar = ProgressBar(io.StringIO())
    api.states = [STATE]
    with pytest.raises(ImportFailed, match="do not get on"):
        import_file(api.stack, history, bar)
    # The words are there: vectors may come when they like.
    api.states = [{**STATE, "status": "done", "stored": 10, "without_vector": 5}]
    assert import_file(api.stack, history, bar).without_vector == 5


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_fills_and_ends() -> None:
    screen = _Screen()
    bar = ProgressBar(screen)
    bar.show("words", 5, 10)
    bar.show("words", 10, 10)
    bar.note("over")
    text = screen.getvalue()
    assert text.count("\n") == 2
    assert "\r" in text
    assert " 50%  5 of 10" in text
    assert text.endswith("\nover\n")
