"""Create `.venv` and install a hashed lock into it; do nothing when that is done already.

    python ops/local/install.py requirements-local.txt

Run by the user's Python with its standard library alone. `uv` does the work, many times faster than
pip; it does not read pip's configuration, so what pip was told about indexes is passed on. Should
it fail, pip installs the same lock.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

# pip's setting -> uv's variable, and what separates several values there.
INDEX_SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", " "),
}


def main() -> None:
    """Install the lock that is named, unless it is installed."""
    lock = ROOT / sys.argv[1]
    stamp = VENV / f".installed-{lock.stem}"
    content = f"{VERSION} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"
    if _venv_version() != VERSION:
        _create_venv()
    elif stamp.exists() and stamp.read_text() == content:
        return
    sys.stderr.write(f"Installing {lock.name} into {VENV} ...\n")
    if not (_install_uv(lock) and _uv_install(lock)):
        sys.stderr.write("uv could not install it; trying with pip ...\n")
        status = _run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock)
        if status != 0:
            sys.exit(f"The packages of {lock.name} could not be installed.")
    stamp.write_text(content)


def uv_variables(pip_configuration: str) -> dict[str, str]:
    """Return what `pip config list` printed as the environment variables that uv reads."""
    configured: dict[str, str] = {}
    # The environment is printed first, and has the last word.
    for line in sorted(pip_configuration.splitlines(), key=lambda line: line.startswith(":env:")):
        setting, _, value = line.partition("=")
        name = setting.rpartition(".")[2]
        if name in INDEX_SETTINGS:
            variable, separator = INDEX_SETTINGS[name]
            configured[variable] = separator.join(value.strip("'\"").replace("\\n", " ").split())
    if "UV_INDEX" in configured:
        # pip takes the best of all indexes; the hashes say which files are meant.
        configured["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return configured


def _venv_version() -> str | None:
    """The Python of the environment that is there; None when there is none that works."""
    try:
        found = subprocess.run(
            (PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"),
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _create_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    created = subprocess.run(
        (sys.executable, "-m", "venv", VENV), capture_output=True, check=False, text=True
    )
    if created.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"{sys.executable} cannot create virtual environments: install its venv module "
            f"(Debian and Ubuntu: python{VERSION}-venv), or choose another with PYTHON=..."
        )


def _install_uv(lock: Path) -> bool:
    """Install the uv that the lock names, by its hashes."""
    if UV.exists():
        return True
    pinned = re.search(r"^uv==.*(?:\n    --hash.*)*", lock.read_text(), re.MULTILINE)
    if pinned is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write(pinned.group())
        requirement.flush()
        return (
            _run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirement.name)
            == 0
        )


def _uv_install(lock: Path) -> bool:
    environment = {**_uv_indexes(), **os.environ, "VIRTUAL_ENV": str(VENV)}
    return _run(UV, "pip", "install", "-q", "--require-hashes", "-r", lock, env=environment) == 0


def _uv_indexes() -> dict[str, str]:
    listed = subprocess.run(
        (PYTHON, "-m", "pip", "config", "list"), capture_output=True, check=False, text=True
    )
    return uv_variables(listed.stdout)


def _run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    return subprocess.run([str(part) for part in command], check=False, env=env).returncode


if __name__ == "__main__":
    main()
