"""The demo company in containers: seeded by `demo`, asked by `ask`, its keys shown by `keys`."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from backend import settings
from backend.settings import SettingsInvalid
from ops.containers.inside import key_directory
from ops.containers.inside.owner import owner_url
from ops.demo.load import load
from ops.local.ask import DEMO_USER, ask
from ops.local.errors import NotRunning
from ops.local.seed import seed_demo_tenant
from ops.local.stack_file import DemoTenant, StackFile

FILE = "demo.json"
# Where the company is.
ZONE = ZoneInfo("America/Sao_Paulo")


def seed() -> None:
    """Load the company of today and make sure of its tenant; may be repeated.

    Raises SettingsInvalid when a login is missing, psycopg.Error when the database refuses.
    """
    given = settings.load()
    load(_login("DEMO_OWNER"), given.app_today or datetime.now(ZONE).date())
    tenant = seed_demo_tenant(
        owner_dsn=owner_url(),
        demo_reader_dsn=_login("DEMO_READER"),
        secret_key=given.required("secret_key"),
        remembered=_remembered(),
    )
    key_directory.write(FILE, json.dumps(asdict(tenant)))


def keys() -> dict[str, str]:
    """Return the demo tenant's id and keys. Raises NotRunning when there is none yet."""
    tenant = _remembered()
    if tenant is None:
        raise NotRunning("The demo company is not there yet: start it with `--profile demo`.")
    return asdict(tenant)


def question(text: str) -> dict[str, object]:
    """Ask the API, as the person of the examples. Raises NotRunning or AskFailed."""
    stack = StackFile(
        api_url=os.environ["API_URL"],
        ui_url=None,
        worker_metrics_url="",
        database_url="",
        redis_url="",
        pids={},
        log_dir="",
        **keys(),
    )
    return ask(stack, text, DEMO_USER)


def _remembered() -> DemoTenant | None:
    stored = key_directory.read(FILE)
    return DemoTenant(**json.loads(stored)) if stored is not None else None


def _login(name: str) -> str:
    """The URL of a login to the demo company's database."""
    password = os.environ.get(f"{name}_PASSWORD")
    if not password:
        raise SettingsInvalid(f"{name}_PASSWORD must be set to load the demo company")
    return f"postgresql://{name.lower()}:{password}@{os.environ['DEMO_DATABASE']}"
