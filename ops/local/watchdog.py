"""Clean up after a supervisor that was killed: end its process groups, remove its scratch files.

    python -I -S watchdog.py   reading `group PID`, `gone PID` and `remove PATH` lines from stdin

It waits for the end of its input. The other end of that pipe is held by the supervisor alone, so
the end comes exactly when the supervisor does, however it ends. The kernel already kills the direct
children (see leash.py); this reaches their children too, and works where the kernel has no such
service.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

# A database that was just killed needs a moment to take its last files away.
SETTLE_SECONDS = 0.3


def main() -> None:
    """Read until the supervisor is gone, then clean up."""
    # A terminal's Ctrl-C, or a signal to the whole group, is not for us.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # From here on nothing can be started that we would miss.
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    groups: set[int] = set()
    paths: list[str] = []
    for line in sys.stdin:
        verb, _, value = line.rstrip("\n").partition(" ")
        if verb == "group":
            groups.add(int(value))
        elif verb == "gone":
            groups.discard(int(value))
        elif verb == "remove":
            paths.append(value)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    if paths:
        time.sleep(SETTLE_SECONDS)
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main()
