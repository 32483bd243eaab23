"""Make the databases what the application expects: logins, tables, the demo company, a tenant.

Every step may be repeated, and is, at each start.
"""

from dataclasses import asdict, dataclass
from datetime import date

import psycopg

from backend.store.migrate import MigrationChanged, migrate
from ops.demo.company import EARLIEST_TODAY
from ops.demo.load import load
from ops.local import private_json
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.errors import ProgramFailed
from ops.local.postgres import Postgres
from ops.local.roles import apply_roles
from ops.local.secret_file import StackSecrets
from ops.local.stack_file import DemoTenant

APPLICATION_DATABASE = "sales_crew"
DEMO_DATABASE = "demo_company"
LOGINS = ("sales_owner", "sales_app", "demo_owner", "demo_reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """The URLs of the databases; the demo company's only where the stack has one itself."""

    owner_dsn: str
    app_dsn: str
    demo_owner_dsn: str | None = None
    demo_reader_dsn: str | None = None


def embedded_logins(postgres: Postgres, secrets: StackSecrets) -> Logins:
    """Return the logins of the stack's own Postgres."""
    return Logins(
        owner_dsn=postgres.dsn("sales_owner", secrets.sales_owner, APPLICATION_DATABASE),
        app_dsn=postgres.dsn("sales_app", secrets.sales_app, APPLICATION_DATABASE),
        demo_owner_dsn=postgres.dsn("demo_owner", secrets.demo_owner, DEMO_DATABASE),
        demo_reader_dsn=postgres.dsn("demo_reader", secrets.demo_reader, DEMO_DATABASE),
    )


def create_logins(postgres: Postgres, secrets: StackSecrets) -> None:
    """Make the logins and databases of the stack's own Postgres; raises ProgramFailed."""
    apply_roles(postgres, {login: getattr(secrets, login) for login in LOGINS})


def prepare(configuration: Configuration, logins: Logins, backing: Backing) -> DemoTenant:
    """Migrate, load the demo company of today, and seed the demo tenant.

    Raises ProgramFailed with the database's reason when it refuses.
    """
    try:
        migrate(logins.owner_dsn)
        if logins.demo_owner_dsn is not None:
            load(logins.demo_owner_dsn, _company_day(configuration.today))
        return seed_tenant(configuration, logins, backing)
    except (psycopg.Error, MigrationChanged) as error:
        reason = str(error).strip().splitlines()[0]
        raise ProgramFailed(f"The database could not be prepared: {reason}") from error


def seed_tenant(configuration: Configuration, logins: Logins, backing: Backing) -> DemoTenant:
    """Make sure the demo tenant exists, and remember its keys: the database keeps only digests."""
    from ops.local.seed import seed_demo_tenant

    remembered = private_json.read(configuration.data.tenant_file)
    tenant = seed_demo_tenant(
        owner_dsn=logins.owner_dsn,
        demo_reader_dsn=logins.demo_reader_dsn,
        secret_key=backing.secret_key,
        remembered=DemoTenant(**remembered) if remembered else None,
    )
    private_json.write(configuration.data.tenant_file, asdict(tenant))
    return tenant


def _company_day(pinned: date | None) -> date:
    """The day that the demo company is told for: today's, but no earlier than it can be."""
    return max(pinned or _today(), EARLIEST_TODAY)


def _today() -> date:
    """The calendar's day where the user is."""
    return date.today()  # noqa: DTZ011 - the machine's own zone is the one meant
