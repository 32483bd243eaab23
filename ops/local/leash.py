"""Run one program that cannot outlive the supervisor, as the user that it should be.

    python -I -S leash.py PARENT_PID IDENTITY PROGRAM [ARGUMENT...]

IDENTITY is `same`, `user:UID:GID` (give up root for that user), or `namespace:UID` (stay root
outside, be UID inside a user namespace of one user: files stay root's, and a program that
refuses to run as root is content). It runs as a script of its own, before the program takes its
place, because between fork and exec in a process with threads almost nothing is safe to call.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000  # linux/sched.h
PR_SET_PDEATHSIG = 1  # linux/prctl.h
# What a shell answers for a program that it could not run.
CANNOT_RUN = 127


def main() -> None:
    """Become the program; return only by exiting."""
    parent, identity, *command = sys.argv[1:]
    # Data, logs and caches of the stack are nobody else's business.
    os.umask(0o077)
    _become(identity)
    # The kernel forgets this wish when the user changes, so it comes after.
    _die_with_parent(int(parent))
    # Python ignores SIGPIPE and would hand that down.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        sys.exit(CANNOT_RUN)


def _become(identity: str) -> None:
    kind, *numbers = identity.split(":")
    if kind == "user":
        uid, gid = map(int, numbers)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    elif kind == "namespace":
        uid = int(numbers[0])
        outer_uid, outer_gid = os.geteuid(), os.getegid()
        _call("unshare", CLONE_NEWUSER)
        # A group may be mapped only after the right to change groups is given up.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
        Path("/proc/self/gid_map").write_text(f"{uid} {outer_gid} 1")


def _die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the parent ends. Elsewhere than on Linux the watchdog does it."""
    if not sys.platform.startswith("linux"):
        return
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we could ask
        sys.exit(0)


def _call(function: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
