"""A document is read in a process of its own, which may hang, swell or die and takes nothing with it.

It gets the bytes and nothing else: no environment, so no keys; little memory and time, and no file that
it could fill.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import msgspec

from backend.domain.documents import (
    DocumentRefused,
    DocumentTooLarge,
    DocumentTooSlow,
    DocumentUnreadable,
    refusal,
)
from backend.knowledge.blocks import Read

#: Five hundred dense pages of PDF take half of it. Below the time that a worker may hold a task.
SECONDS = 45.0
#: Of address space, most of which is never touched. The largest permitted workbook takes half.
MEMORY_BYTES = 1024 * 1024 * 1024
_ROOT = Path(__file__).parents[2]


class ReadingBroke(RuntimeError):
    """The process died without a word; another attempt may do better."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the process says: one of the two."""

    read: Read | None = None
    refused: str | None = None


def read_apart(content: bytes, *, seconds: float = SECONDS) -> Read:
    """Raises a DocumentRefused, or ReadingBroke."""
    with subprocess.Popen(  # noqa: S603 - our own module, no words of others
        [sys.executable, "-m", "backend.knowledge.reading_process", str(int(seconds) + 1)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise DocumentTooSlow from error
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise DocumentTooSlow
    if process.returncode != 0:
        raise ReadingBroke(f"reading ended with {process.returncode}")
    answer = msgspec.json.decode(said, type=Answer)
    if answer.read is None:
        raise refusal(answer.refused or DocumentRefused.code)
    return answer.read


def main(seconds: int) -> None:
    """Read what comes in, say what it is, and end."""
    # Whatever a library prints must not be taken for the answer.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(seconds)
    answer.write(msgspec.json.encode(_answer(sys.stdin.buffer.read())))
    answer.flush()
    # Nothing is left to tidy, and what a hostile file has set up shall not run at the end.
    os._exit(0)


def _answer(content: bytes) -> Answer:
    from backend.knowledge.reader import read

    try:
        return Answer(read=read(content))
    except DocumentRefused as error:
        return Answer(refused=error.code)
    except (MemoryError, RecursionError):
        return Answer(refused=DocumentTooLarge.code)
    except Exception:  # noqa: BLE001 - a damaged file breaks its reader in any way it likes
        return Answer(refused=DocumentUnreadable.code)


def _confine(seconds: int) -> None:
    """Limits that hold whatever the parent does. Not every system keeps that of memory."""
    # A process that outlives its parent ends by itself.
    signal.alarm(seconds)
    # Where memory runs out, this process goes first, and never the worker that started it.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for limit, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        try:
            resource.setrlimit(limit, (most, most))
        except (ValueError, OSError):
            continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
