"""The fake model as a process of its own, so that its work is not counted as anybody else's."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from typing import Any

import msgspec

from ops.local.identity import SAME
from ops.local.root import ROOT

STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What the model was asked: number and size of all calls, and the bodies of the last ones."""

    calls: int
    bytes: int
    bodies: Sequence[dict[str, Any]]


class ModelProcess:
    """Runs from entering the `with` block to leaving it."""

    def __init__(self, today: date) -> None:
        self._command = (sys.executable, "-m", "ops.load.fake_model", today.isoformat())
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    def __enter__(self) -> "ModelProcess":
        self._process = subprocess.Popen(
            # On the leash it cannot outlive us, however we end.
            SAME.leash(self._command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)
            if self._process.stdout is not None:
                self._process.stdout.close()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    @property
    def base_url(self) -> str:
        """As an SDK wants it, with the version."""
        return f"http://127.0.0.1:{self._port}/v1"

    def behave(self, *, latency_ms: float, decision: str = "sales") -> None:
        """Answer after this time, decide every route so, and forget what was asked before."""
        self._exchange(
            "POST",
            "/control",
            {"latency_ms": latency_ms, "decision": decision, "forget": True},
        )

    def calls(self) -> Calls:
        return Calls(**self._exchange("GET", "/calls", None))

    def _exchange(self, method: str, path: str, body: Any) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, None if body is None else msgspec.json.encode(body))
            return msgspec.json.decode(connection.getresponse().read())
        finally:
            connection.close()
