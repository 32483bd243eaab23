"""The database as its owner: the one login that the application itself is never given."""

from collections.abc import Generator
from contextlib import contextmanager

from backend import settings
from backend.domain.identity import TenantId
from backend.settings import SettingsInvalid
from backend.store.database import Conn, Database


def owner_url() -> str:
    """Return MIGRATION_DATABASE_URL. Raises SettingsInvalid with one line when it is missing."""
    url = settings.load().migration_database_url
    if url is None:
        raise SettingsInvalid("MIGRATION_DATABASE_URL should be set to the owner's login")
    return url.get_secret_value()


@contextmanager
def owners_view(tenant_id: TenantId) -> Generator[Conn]:
    """One transaction of the owner that sees this tenant. Raises StoreUnavailable."""
    database = Database(owner_url(), size=1, name="one-shot")
    database.start()
    try:
        with database.tenant(tenant_id) as conn:
            yield conn
    finally:
        database.close()
