"""All that can be said of the container files without an engine: in seconds, in `make check`."""

from pathlib import Path

import yaml

from ops.containers import compose_file, dockerfile_rules, service_rules
from ops.containers.compose_checkers import faults_by_schema, faults_by_types
from ops.containers.interpolation import VariableMissing

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILES = (ROOT / "Dockerfile.api", ROOT / "Dockerfile.worker")
COMPOSE = ROOT / "docker-compose.yml"


def faults() -> list[str]:
    """Return one line for each fault of the Dockerfiles and the compose file."""
    found = [
        f"{path.name}: {fault}"
        for path in DOCKERFILES
        for fault in (
            *dockerfile_rules.faults_by_hadolint(path),
            *dockerfile_rules.faults_by_rules(path.read_text(encoding="utf-8")),
        )
    ]
    text = COMPOSE.read_text(encoding="utf-8")
    return found + [f"{COMPOSE.name}: {fault}" for fault in compose_faults(text)]


def compose_faults(text: str) -> list[str]:
    """Return what the two checkers and our own rules have against a compose file."""
    try:
        compose = compose_file.read(text)
    except (VariableMissing, ValueError, yaml.YAMLError) as error:
        return [f"it cannot be read: {error}"]
    return [
        *faults_by_schema(compose.content),
        *faults_by_types(compose.content),
        *service_rules.faults_by_rules(compose),
    ]
