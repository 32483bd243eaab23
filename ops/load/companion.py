"""A process that does the work of a baseline beside the stack, told what to do line by line."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from ops.local.identity import SAME
from ops.local.root import ROOT

STOP_SECONDS = 20.0


class CompanionFailed(Exception):
    """It ended before it had said what was asked of it."""


class Companion:
    """Runs `python -m module` for the length of a `with` block. It answers by events of its log."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._module = module
        self._process = subprocess.Popen(
            SAME.leash((sys.executable, "-m", module)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            text=True,
        )

    def __enter__(self) -> "Companion":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        self._process.stdin.write(f"{msgspec.json.encode(order).decode()}\n")
        self._process.stdin.flush()

    def hear(self, event: str) -> dict[str, Any]:
        """The fields of its next log line of this event. Raises CompanionFailed."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        last = ""
        for line in self._process.stdout:
            last = line.strip()
            if not last.startswith("{"):
                continue
            fields: dict[str, Any] = msgspec.json.decode(last)
            if fields.get("event") == event:
                return fields
        raise CompanionFailed(f"{self._module} ended: {last}")
