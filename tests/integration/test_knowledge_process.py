"""The process that reads: confined, without our secrets, and never waited for too long."""

import subprocess
import sys

import pytest

from backend.domain.documents import DocumentRefused, DocumentTooSlow
from backend.knowledge.reading_process import ReadingBroke, read_apart
from tests.unit.document_files import POLICY, a_pdf


def test_a_document_is_read_apart() -> None:
    read = read_apart(a_pdf(*POLICY))
    assert (read.format, read.pages) == ("pdf", 3)


def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(DocumentTooSlow):
        read_apart(a_pdf(*POLICY), seconds=0.01)


@pytest.mark.parametrize(
    ("does", "error"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", ReadingBroke),
        ("os.kill(os.getpid(), signal.SIGXCPU)", DocumentTooSlow),
        ("bytearray(3 * 1024**3)", DocumentRefused),
        ("tempfile.TemporaryFile().write(bytes(10**6))", DocumentRefused),
        ("print('{\"read\": null}')", DocumentRefused),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep every limit")
def test_a_reader_that_does_harm_takes_nothing_with_it(
    monkeypatch: pytest.MonkeyPatch, does: str, error: type[Exception]
) -> None:
    hostile(monkeypatch, does)
    with pytest.raises(error):
        read_apart(b"x")


def test_it_is_given_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "a secret of ours")
    hostile(monkeypatch, "code = 'a secret of ours' in str(os.environ); os._exit(7 + code)")
    with pytest.raises(ReadingBroke, match="ended with 7"):
        read_apart(b"x")


def hostile(monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    """Let the process do this in the place of reading, as if a document had made it."""
    code = (
        "import os, signal, sys, tempfile\n"
        "import backend.knowledge.reader as reader\n"
        "import backend.knowledge.reading_process as process\n"
        "def read(content):\n"
        f"    {does}\n"
        "    raise ValueError\n"
        "reader.read = read\n"
        "process.main(20)\n"
    )
    started = subprocess.Popen

    def start(command: list[str], **given: object) -> object:
        assert command[1] == "-m"
        return started([command[0], "-c", code], **given)  # type: ignore[call-overload]

    monkeypatch.setattr("backend.knowledge.reading_process.subprocess.Popen", start)
