"""`$DATA_DIR/stack.json`: where the running stack is found, and the keys to it."""

from dataclasses import asdict, dataclass
from pathlib import Path

from ops.local import private_json


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTenant:
    """The tenant that a local stack starts with, and its API keys, one per scope."""

    tenant_id: str
    api_key: str
    operator_key: str
    admin_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFile:
    """The fields are the public contract. `database_url` is the local owner's login."""

    api_url: str
    ui_url: str | None
    worker_metrics_url: str
    api_key: str
    operator_key: str
    admin_key: str
    tenant_id: str
    database_url: str
    redis_url: str
    pids: dict[str, int]
    log_dir: str

    def write(self, path: Path) -> None:
        """Publish it, readable by its owner only."""
        private_json.write(path, asdict(self))


def read(path: Path) -> StackFile | None:
    """Return what the running stack published; None when there is none."""
    content = private_json.read(path)
    return StackFile(**content) if content is not None else None
