"""How pip inside a build reaches what pip on this machine reaches: by secrets, never by a layer.

A machine without configuration of its own gives none, and the build uses pip's defaults.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Where the Dockerfiles mount the secret `ca`.
_CA_INSIDE = "/run/secrets/ca"
# What may be needed to reach an index; what to install, and in which version, the lock says.
_KEPT = ("index-url", "extra-index-url", "proxy", "trusted-host", "timeout", "default-timeout")


@dataclass(frozen=True, slots=True)
class PackageAccess:
    """`marks` are this machine's own words, which no image may hold."""

    secrets: tuple[str, ...]
    marks: tuple[str, ...]


def package_access(directory: Path) -> PackageAccess:
    """Write the secrets below this private directory and return how buildah is given them."""
    settings = configured(_pip_configuration())
    authority = settings.pop("cert", None) or os.environ.get("REQUESTS_CA_BUNDLE")
    secrets: list[str] = []
    kept = {name: value for name, value in settings.items() if name in _KEPT and value}
    if authority and Path(authority).is_file():
        bundle = directory / "ca.pem"
        bundle.write_bytes(Path(authority).read_bytes())
        secrets.append(f"id=ca,src={bundle}")
        kept["cert"] = _CA_INSIDE
    if kept:
        written = directory / "pip.conf"
        written.touch(mode=0o600)
        lines = (f"{name} = {value}\n" for name, value in kept.items())
        written.write_text("[global]\n" + "".join(lines), encoding="utf-8")
        secrets.append(f"id=pip,src={written}")
    return PackageAccess(secrets=tuple(secrets), marks=_marks(settings))


def configured(listed: str) -> dict[str, str]:
    """Return what `pip config list` printed as settings; the environment has the last word.

    Places on this machine's own disk are left out: a build cannot see them.
    """
    settings: dict[str, str] = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        words = value.strip("'\"").replace("\\n", " ").split()
        setting = name.rpartition(".")[2]
        if setting.endswith("-url"):
            words = [word for word in words if not word.startswith(("file:", "/"))]
        settings[setting] = " ".join(words)
    return settings


def _marks(settings: dict[str, str]) -> tuple[str, ...]:
    words = (settings.get(name, "") for name in ("index-url", "extra-index-url", "proxy"))
    return tuple(word for value in words for word in value.split())


def _pip_configuration() -> str:
    listed = subprocess.run(
        (sys.executable, "-m", "pip", "config", "list"),
        capture_output=True,
        check=False,
        text=True,
    )
    return listed.stdout
