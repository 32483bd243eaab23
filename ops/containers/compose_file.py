"""A compose file, read as Docker Compose does: variables replaced in values, anchors merged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ops.containers.interpolation import interpolated

#: What anybody must set; the values are examples for checks, never used to run anything.
EXAMPLE_SECRETS = {
    name: f"example-of-a-value-of-32-characters-{name.lower()}"
    for name in (
        "POSTGRES_PASSWORD",
        "SALES_OWNER_PASSWORD",
        "SALES_APP_PASSWORD",
        "SALES_READER_PASSWORD",
        "REDIS_PASSWORD",
        "SECRET_KEY",
        "GRAFANA_PASSWORD",
    )
}


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """`written` has its variables as they stand in the file, `content` has their values."""

    written: dict[str, Any]
    content: dict[str, Any]

    def services(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Yield each service: name, as written, with its values."""
        for name, service in self.content["services"].items():
            yield name, self.written["services"][name], service


def read(text: str, environment: Mapping[str, str] | None = None) -> ComposeFile:
    """Read a compose file. Raises VariableMissing, ValueError and yaml.YAMLError."""
    written = yaml.safe_load(text)
    if not isinstance(written, dict):
        raise ValueError("a compose file is a mapping")
    values = EXAMPLE_SECRETS if environment is None else environment
    return ComposeFile(written=written, content=_replaced(written, values))


def _replaced(node: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, environment) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, environment) for value in node]
    return interpolated(node, environment) if isinstance(node, str) else node
