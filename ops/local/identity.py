"""Who runs Postgres when we are root, since it refuses to be run by root.

A user of the system without rights, when it can reach the binaries and the data. Otherwise root
itself, seen from inside a user namespace as somebody else: that works below a closed home
directory too, where no other user gets in.
"""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.local.errors import RootRefused

# Tried in this order; every Unix has the second.
UNPRIVILEGED_USERS = ("postgres", "nobody")
# Any id but 0 will do: inside the namespace it is the only one there is.
NAMESPACE_UID = 1000

LEASH = Path(__file__).with_name("leash.py")
_CAN_RUN = 'test "$(id -u)" != 0 && cd "$1" && test -w . && exec "$2" --version'


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The user that a program runs as. `owner` is who must own its files, outside."""

    argument: str
    owner: tuple[int, int] | None = None

    def leash(self, command: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command that runs this one as this user, and ends when our process does.

        The kernel binds the child to the *thread* that starts it: start it from one that lasts.
        """
        python = (sys.executable, "-I", "-S", str(LEASH))
        return (*python, str(os.getpid()), self.argument, *command)


SAME = Identity(argument="same")


def identity_for(binary: Path, directory: Path) -> Identity:
    """Find who can run this binary on this directory, and give them the directory.

    Raises RootRefused when nobody can.
    """
    if os.geteuid() != 0:
        return SAME
    for identity in _candidates():
        _give(directory, identity)
        probe = subprocess.run(
            identity.leash(("/bin/sh", "-c", _CAN_RUN, "sh", str(directory), str(binary))),
            capture_output=True,
            check=False,
        )
        if probe.returncode == 0:
            return identity
    raise RootRefused(
        f"Postgres does not run as root, and no other user can reach {directory} and {binary}: "
        "run this as an ordinary user, or put the repository where every user may read."
    )


def _candidates() -> Iterator[Identity]:
    for name in UNPRIVILEGED_USERS:
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        yield Identity(
            argument=f"user:{user.pw_uid}:{user.pw_gid}", owner=(user.pw_uid, user.pw_gid)
        )
    yield Identity(argument=f"namespace:{NAMESPACE_UID}", owner=(os.geteuid(), os.getegid()))


def _give(directory: Path, identity: Identity) -> None:
    """Make the identity the owner of the directory and all that is in it."""
    if identity.owner is None or directory.stat().st_uid == identity.owner[0]:
        return
    uid, gid = identity.owner
    for parent, directories, files in os.walk(directory):
        for name in (*directories, *files):
            os.lchown(Path(parent, name), uid, gid)
    # Last, so that an interrupted walk is walked again.
    os.chown(directory, uid, gid)
