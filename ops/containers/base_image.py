"""A stand-in for `python:3.11-slim`, made from Debian's packages where no registry is reached.

The real one has Python in /usr/local too, and pip; whatever builds on it builds on this.
"""

import subprocess
from pathlib import Path

from ops.containers.buildah import Buildah, BuildFailed

NAME = "docker.io/library/python:3.11-slim"
# The Debian release whose python3 is 3.11.
SUITE = "bookworm"
PACKAGES = "python3.11,python3-pip,python3-venv,ca-certificates"
_LIKE_THE_REAL_ONE = """
ln -s /usr/bin/python3.11 /usr/local/bin/python && ln -s python /usr/local/bin/python3
# What mmdebstrap took from this machine to fetch the packages.
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/*
"""


def make_base(buildah: Buildah) -> None:
    """Make it and tag it with the real one's name. Raises BuildFailed."""
    archive = buildah.directory / "base.tar"
    _bootstrap(archive)
    container = buildah.do("from", "scratch")
    buildah.do("add", "--quiet", container, str(archive), "/")
    buildah.do("run", "--isolation", "chroot", container, "--", "sh", "-ec", _LIKE_THE_REAL_ONE)
    buildah.do("commit", "--quiet", "--format", "docker", "--rm", container, NAME)
    archive.unlink()


def _bootstrap(archive: Path) -> None:
    made = subprocess.run(
        (
            "/usr/bin/mmdebstrap",
            "--quiet",
            "--variant=minbase",
            f"--include={PACKAGES}",
            SUITE,
            archive,
        ),
        capture_output=True,
        check=False,
        text=True,
    )
    if made.returncode != 0:
        raise BuildFailed(f"mmdebstrap failed:\n{made.stderr.strip()[-1500:]}")
