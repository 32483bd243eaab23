"""What the user's settings mean for the local stack."""

import os
from dataclasses import dataclass
from datetime import date

from dotenv import dotenv_values
from pydantic import SecretStr

from backend import settings
from ops.local.data_directory import DataDirectory
from ops.local.errors import SettingsInvalid
from ops.local.ports import Ports
from ops.local.root import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A URL that is set replaces the database or the Redis that the stack would start itself."""

    data: DataDirectory
    ports: Ports
    database_url: str | None = None
    migration_database_url: str | None = None
    redis_url: str | None = None
    secret_key: str | None = None
    # Pins "today"; None means the calendar's.
    today: date | None = None
    # How long the worker may finish what it has begun.
    drain_seconds: float
    # `.env`, overruled by the environment: what the application's programs are given.
    environment: dict[str, str]


def load() -> Configuration:
    """Read `.env` and the environment; raises SettingsInvalid with the offending variable."""
    try:
        given = settings.load()
    except settings.SettingsInvalid as error:
        raise SettingsInvalid(str(error)) from error
    ports = Ports(api=given.api_port, metrics=given.metrics_port, console=given.ui_port)
    return Configuration(
        # A relative directory is the repository's, wherever the command is called from.
        data=DataDirectory((ROOT / given.data_dir.expanduser()).resolve()),
        ports=ports.moved(given.port_offset),
        database_url=_plain(given.database_url),
        migration_database_url=_plain(given.migration_database_url),
        redis_url=_plain(given.app_redis_url),
        secret_key=_plain(given.secret_key),
        today=given.app_today,
        drain_seconds=given.drain_seconds,
        environment=_environment(),
    )


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _environment() -> dict[str, str]:
    """Merge as the settings do: an empty variable does not hide the one in the file."""
    from_file = {name: value or "" for name, value in dotenv_values(ROOT / ".env").items()}
    return from_file | {
        name: value for name, value in os.environ.items() if value or name not in from_file
    }
