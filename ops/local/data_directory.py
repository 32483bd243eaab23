"""The directory that holds everything the stack keeps: one stack at a time, and room to write."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.local.errors import AlreadyRunning, DataDirectoryUnusable, DiskFull

# Postgres and the append-only file need some tens of MB at once; below this they fail halfway.
MINIMUM_FREE_BYTES = 500 * 1024**2
# No process id is longer.
DIGITS = 20


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """`$DATA_DIR`, as an absolute path."""

    path: Path

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def stack_file(self) -> Path:
        return self.path / "stack.json"

    @property
    def secret_file(self) -> Path:
        return self.path / "secrets.json"

    @property
    def tenant_file(self) -> Path:
        return self.path / "tenant.json"

    def create(self) -> None:
        """Make the directory and the one for logs; raises DataDirectoryUnusable."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            self._lock_file.touch(mode=0o600)
        except OSError as error:
            raise DataDirectoryUnusable(
                f"Cannot write to the data directory {self.path}: {error.strerror}."
            ) from error

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Create the directory and keep every other stack out of it.

        Raises AlreadyRunning, DiskFull or DataDirectoryUnusable. The lock is the kernel's: it goes
        with the process, so a killed supervisor leaves nothing to clear.
        """
        self.create()
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _lock(descriptor):
                raise AlreadyRunning(
                    f"A stack is already running on {self.path} (process {self.holder()}); "
                    "`make down` stops it."
                )
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            self._check_room()
            yield
            os.ftruncate(descriptor, 0)
        finally:
            os.close(descriptor)

    def holder(self) -> int | None:
        """Return the process id of the stack that runs on this directory, if one does."""
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            while not _lock(descriptor):
                if written := os.pread(descriptor, DIGITS, 0):
                    return int(written)
                time.sleep(0.01)  # it took the lock this moment, and writes its number next
            return None
        finally:
            os.close(descriptor)

    @property
    def _lock_file(self) -> Path:
        return self.path / "lock"

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.path).free
        if free < MINIMUM_FREE_BYTES:
            raise DiskFull(
                f"Only {free // 1024**2} MB are free where {self.path} lies; the stack needs "
                f"{MINIMUM_FREE_BYTES // 1024**2} MB. Free some, or set DATA_DIR to another disk."
            )


def _lock(descriptor: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
