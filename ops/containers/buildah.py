"""Debian's buildah, which builds and runs images without a daemon: as root, in a chroot.

Its storage is a directory of ours, gone when the work is done.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BuildFailed(Exception):
    """A command of buildah ended badly; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Buildah:
    """`directory` holds its images and containers."""

    directory: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line."""
        places = ("--root", str(self.directory / "root"), "--runroot", str(self.directory / "run"))
        return ["buildah", *places, "--storage-driver", "vfs", *arguments]

    def do(self, *arguments: str) -> str:
        """Run to the end and return the output. Raises BuildFailed."""
        ended = subprocess.run(
            self.command(*arguments), capture_output=True, check=False, text=True
        )
        if ended.returncode != 0:
            said = f"{ended.stdout}\n{ended.stderr}".strip().splitlines()
            raise BuildFailed("\n".join((f"buildah {arguments[0]} failed:", *said[-15:])))
        return ended.stdout.strip()

    def build(self, root: Path, dockerfile: str, target: str, secrets: Sequence[str]) -> None:
        """Build one target and tag it with the target's name."""
        self.do(
            *("bud", "--isolation", "chroot", "--format", "docker", "--pull-never"),
            *("--file", str(root / dockerfile), "--target", target, "--tag", target),
            *(part for secret in secrets for part in ("--secret", secret)),
            str(root),
        )

    def inside(self, container: str, *command: str) -> list[str]:
        """Return the command line that runs this in a container, as the image's own user."""
        return self.command("run", "--isolation", "chroot", container, "--", *command)

    def configuration(self, image: str) -> dict[str, Any]:
        """Return what the image says of itself, history included."""
        described: dict[str, Any] = json.loads(self.do("inspect", "--type", "image", image))
        return described

    def size(self, image: str) -> str:
        """Return how large the image is with its base, for people."""
        return self.do("images", "--format", "{{.Size}}", image)
