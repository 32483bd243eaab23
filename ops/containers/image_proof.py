"""What is looked at in a built image: what it holds, who it is, and how its process lives.

Each look yields one line for each thing that is wrong.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ops.containers.buildah import Buildah
from ops.containers.image_life import faults_of_life
from ops.containers.images import Image

# How a machine is told where packages come from, and who it is to a registry.
_PACKAGE_FILES = re.compile(
    r"(^|/)(pip\.conf|uv\.toml|\.netrc|\.pypirc|\.npmrc|\.env|\.git)$"
    r"|^etc/apt/((sources\.list|auth\.conf)$|(sources\.list|apt\.conf|auth\.conf)\.d/.)"
    r"|^run/secrets/."
)
_PACKAGE_VARIABLES = re.compile(r"^(PIP|UV|NPM)_|PROXY|INDEX|SSL_CERT|CA_BUNDLE", re.IGNORECASE)
# Where a stray word of the machine's could stand. (Site packages name hosts of their own.)
_READ_PLACES = ("app", "etc", "opt/venv/pyvenv.cfg")
_LOOK_FOR_MODULES = """
import importlib, importlib.util, json, sys
has, lacks = json.loads(sys.argv[1])
for name in has:
    importlib.import_module(name)
def there(name):
    return importlib.util.find_spec(name) is not None
print(json.dumps([name for name in lacks if there(name)]))
"""


def faults(buildah: Buildah, image: Image, marks: tuple[str, ...]) -> list[str]:
    """Look at one image in every way. Raises BuildFailed when it cannot even be run."""
    container = buildah.do("from", "--pull-never", image.name)
    root = Path(buildah.do("mount", container))
    try:
        return [
            *_of_its_description(buildah, image, marks),
            *faults_of_files(root, marks),
            *_of_its_user(buildah, container),
            *_of_its_modules(buildah, image, container),
            *faults_of_life(buildah, image, container, root),
        ]
    finally:
        buildah.do("rm", container)


def _of_its_description(buildah: Buildah, image: Image, marks: tuple[str, ...]) -> Iterator[str]:
    described = buildah.configuration(image.name)
    configuration = described["Docker"]["config"]
    for key in ("User", "Healthcheck", "StopSignal", "Cmd"):
        if not configuration.get(key):
            yield f"{key} is not set"
    for variable in configuration["Env"]:
        if _PACKAGE_VARIABLES.search(variable.partition("=")[0]):
            yield f"its environment tells where packages come from: {variable.partition('=')[0]}"
    text = json.dumps(described["Docker"])
    yield from (f"its history holds {mark!r}" for mark in marks if mark in text)


def faults_of_files(root: Path, marks: tuple[str, ...]) -> Iterator[str]:
    """Look for what tells where packages come from, and for this machine's own words."""
    for parent, directories, files in os.walk(root):
        # Libraries ship examples of such files, below the package that they belong to.
        if parent == str(root):
            directories[:] = [name for name in directories if name not in ("dev", "proc", "sys")]
        for name in (*directories, *files):
            path = str(Path(parent, name).relative_to(root))
            if "site-packages/" not in path and _PACKAGE_FILES.search(path):
                yield f"it holds {path}"
    words = [mark.encode() for mark in marks]
    for place in _READ_PLACES:
        for file in (root / place).rglob("*") if (root / place).is_dir() else [root / place]:
            if file.is_file() and not file.is_symlink():
                content = file.read_bytes()
                if any(word in content for word in words):
                    yield f"{file.relative_to(root)} holds a word of this machine's"


def _of_its_user(buildah: Buildah, container: str) -> Iterator[str]:
    shown = _run(buildah.inside(container, "id", "-u")).strip()
    if shown in ("", "0"):
        yield f"it runs as user {shown or 'nobody'}"


def _of_its_modules(buildah: Buildah, image: Image, container: str) -> Iterator[str]:
    wanted = json.dumps([image.has, image.lacks])
    shown = _run(
        buildah.inside(container, "python", "-W", "ignore", "-c", _LOOK_FOR_MODULES, wanted)
    )
    lines = shown.strip().splitlines()
    if not lines or not lines[-1].startswith("["):
        # The last words of Python; after them buildah says that it ended badly.
        told = [
            line for line in lines if re.match(r"\w*(Error|Exception|NotQuiet): (?!exit)", line)
        ]
        yield f"a module that it needs does not import: {' '.join(told[-1:] or lines[-1:])}"
        return
    yield from (f"{name} is installed" for name in json.loads(lines[-1]))


def _run(command: list[str]) -> str:
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    return ended.stdout if ended.returncode == 0 else f"{ended.stdout}\n{ended.stderr}"
