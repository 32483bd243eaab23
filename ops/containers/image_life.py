"""The life of an image's own process: it starts, answers, is told to stop, ends, and wrote nothing
where the root file system will be read-only.

What it stands on is not there: each of our processes must come up without.
"""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import IO

from ops.containers.buildah import Buildah
from ops.containers.images import Image
from ops.local import http_json

# The agent libraries import in seconds; a busy machine takes many.
READY_SECONDS = 120.0
# Nothing runs in it, so nothing is to be drained.
STOP_SECONDS = 40.0
POLL_SECONDS = 0.2
# Where a container may write: its tmpfs, and the volume of keys. The rest are mounts.
WRITABLE = ("tmp", "keys", "run", "dev", "proc", "sys")


def faults_of_life(buildah: Buildah, image: Image, container: str, root: Path) -> Iterator[str]:
    """Start its command, wait for an answer, stop it as an engine would, see what it wrote."""
    if _is_taken(image.port):
        yield f"port {image.port} is taken on this machine: its process was not started"
        return
    before = _outside_the_writable(root)
    command = buildah.configuration(image.name)["Docker"]["config"]["Cmd"]
    environment = [f"{name}={value}" for name, value in image.environment]
    started = buildah.inside(
        container, "env", *environment, "sh", "-c", 'echo $$; exec "$@"', "sh", *command
    )
    # Appending: the program shares our place in the file.
    with tempfile.TemporaryFile("a+") as output:
        process = subprocess.Popen(started, stdout=output, stderr=subprocess.STDOUT)
        try:
            if not _answers(image, process):
                yield f"{image.health} did not answer"
            elif _own_check(buildah, image, container) != image.healthy_alone:
                yield f"its health check says the opposite of {image.healthy_alone}"
            yield from _of_its_end(process, _said(output))
        finally:
            process.kill()
            process.wait()
    written = sorted(_outside_the_writable(root) - before)
    if written:
        yield f"it wrote where the root file system is read-only: {', '.join(written[:5])}"


def _of_its_end(process: subprocess.Popen[bytes], said: list[str]) -> Iterator[str]:
    """Tell it to stop. The chroot shares our process ids, and the shell became the program."""
    if process.poll() is not None or not said[0].isdecimal():
        yield f"it ended by itself: {said[-1]}"
        return
    program = int(said[0])
    os.kill(program, signal.SIGTERM)
    try:
        status = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.kill(program, signal.SIGKILL)
        yield f"it did not end within {STOP_SECONDS:g} s of SIGTERM"
        return
    if status != 0:
        yield f"it ended with status {status}"


def _said(output: IO[str]) -> list[str]:
    output.seek(0)
    return output.read().splitlines() or [""]


def _own_check(buildah: Buildah, image: Image, container: str) -> bool:
    """What an engine would be told by the image's HEALTHCHECK."""
    kind, *command = buildah.configuration(image.name)["Docker"]["config"]["Healthcheck"]["Test"]
    if kind != "CMD":
        return False
    ended = subprocess.run(buildah.inside(container, *command), capture_output=True, check=False)
    return ended.returncode == 0


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(image: Image, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            url = f"http://127.0.0.1:{image.port}{image.health}"
            if http_json.send(url, timeout=2.0).status == 200:
                return True
        except (OSError, HTTPException):
            time.sleep(POLL_SECONDS)
    return False


def _outside_the_writable(root: Path) -> set[str]:
    """Every path with its time and size, but for those below a mount."""
    found: set[str] = set()
    for parent, directories, files in os.walk(root):
        if parent == str(root):
            directories[:] = [name for name in directories if name not in WRITABLE]
        for name in files:
            path = Path(parent, name)
            shape = path.lstat()
            found.add(f"{path.relative_to(root)} {shape.st_mtime_ns} {shape.st_size}")
    return found
