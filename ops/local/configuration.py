"""What the user's settings mean for the local stack."""

import os
from dataclasses import dataclass
from datetime import date

from dotenv import dotenv_values
from pydantic import ValidationError

from backend.settings import Settings
from ops.local.data_directory import DataDirectory
from ops.local.errors import SettingsInvalid
from ops.local.ports import Ports
from ops.local.root import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A URL that is set replaces the database or the Redis that the stack would start itself."""

    data: DataDirectory
    ports: Ports
    database_url: str | None
    migration_database_url: str | None
    redis_url: str | None
    secret_key: str | None
    # Pins "today"; None means the calendar's.
    today: date | None
    # `.env`, overruled by the environment: what the application's programs are given.
    environment: dict[str, str]


def load() -> Configuration:
    """Read `.env` and the environment; raises SettingsInvalid with the offending variable."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsInvalid(_one_line(error)) from error
    from_file = {key: value or "" for key, value in dotenv_values(ROOT / ".env").items()}
    return Configuration(
        # A relative directory is the repository's, wherever the command is called from.
        data=DataDirectory((ROOT / settings.data_dir.expanduser()).resolve()),
        ports=Ports(api=settings.api_port, metrics=settings.metrics_port).moved(
            settings.port_offset
        ),
        database_url=settings.database_url,
        migration_database_url=settings.migration_database_url,
        redis_url=settings.app_redis_url,
        secret_key=settings.secret_key,
        today=settings.app_today,
        environment=from_file | dict(os.environ),
    )


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return f"{name}: {first['msg']}" if name else first["msg"]
