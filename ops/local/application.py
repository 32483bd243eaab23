"""The application's own programs, the API and the worker, as this stack runs them."""

import sys
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException

from ops.local import http_json
from ops.local.configuration import Configuration
from ops.local.ports import HOST
from ops.local.program import Program
from ops.local.root import ROOT

# Importing the agent libraries takes seconds, on a cold disk many.
READY_SECONDS = 120.0
# What a worker needs after its drain, to record and to close.
CLOSING_SECONDS = 5.0
PROBE_TIMEOUT_SECONDS = 2.0
# What the application must not see: the owner's login, and the name by which a library finds a
# Redis of its own choice.
WITHHELD = ("MIGRATION_DATABASE_URL", "REDIS_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What the application stands on, embedded or given."""

    database_url: str
    redis_url: str
    secret_key: str


def programs(configuration: Configuration, backing: Backing) -> tuple[Program, ...]:
    """Return the programs in the order of their start."""
    environment = _environment(configuration, backing)
    home = configuration.data.path / "home"
    return (
        Program(
            name="api",
            command=(sys.executable, "-m", "backend.api"),
            environment=environment,
            directory=ROOT,
            is_ready=lambda: answers(f"{api_url(configuration)}/readyz"),
            ready_seconds=READY_SECONDS,
        ),
        Program(
            name="worker",
            command=(sys.executable, "-m", "backend.jobs"),
            # CrewAI writes below the home directory, wherever that is told to be.
            environment=environment
            | {
                # glibc gives each thread an arena of its own, and 70 threads would hoard 100 MB.
                "MALLOC_ARENA_MAX": "2",
                "HOME": str(home),
                "XDG_CACHE_HOME": str(home / ".cache"),
                "XDG_CONFIG_HOME": str(home / ".config"),
                "XDG_DATA_HOME": str(home / ".local" / "share"),
                "XDG_STATE_HOME": str(home / ".local" / "state"),
            },
            directory=ROOT,
            is_ready=lambda: answers(metrics_url(configuration)),
            ready_seconds=READY_SECONDS,
            stop_seconds=configuration.drain_seconds + CLOSING_SECONDS,
        ),
    )


def api_url(configuration: Configuration) -> str:
    """Return where the API answers."""
    return f"http://{HOST}:{configuration.ports.api}"


def metrics_url(configuration: Configuration) -> str:
    """Return where the worker tells its metrics."""
    return f"http://{HOST}:{configuration.ports.metrics}/metrics"


def _environment(configuration: Configuration, backing: Backing) -> dict[str, str]:
    inherited = {
        name: value for name, value in configuration.environment.items() if name not in WITHHELD
    }
    return inherited | {
        "ENVIRONMENT": "local",
        "DATA_DIR": str(configuration.data.path),
        "API_PORT": str(configuration.ports.api),
        "METRICS_PORT": str(configuration.ports.metrics),
        # The ports above are moved already.
        "PORT_OFFSET": "0",
        "DATABASE_URL": backing.database_url,
        "APP_REDIS_URL": backing.redis_url,
        "SECRET_KEY": backing.secret_key,
        "PYTHONUNBUFFERED": "1",
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "CREWAI_DISABLE_VERSION_CHECK": "true",
        # The threads that numpy's BLAS would start spin while they wait for each other: on busy
        # cores one embedding then takes 50 to 200 ms of CPU in place of one.
        "OPENBLAS_NUM_THREADS": "1",
        # CrewAI would read the checkout's `.env` behind the back of backend/settings.py.
        "PYTHON_DOTENV_DISABLED": "1",
    }


def answers(url: str) -> bool:
    """Return whether a program says there that it is well."""
    try:
        return http_json.send(url, timeout=PROBE_TIMEOUT_SECONDS).status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
