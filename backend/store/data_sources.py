"""A tenant's data sources as administrators keep them. Their logins are sealed before they come here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from backend.domain.errors import NotFound, SalesCrewError
from backend.domain.identity import TenantId
from backend.store.database import Database
from backend.store.queries import statements

_SQL = statements("data_sources")


class NameTaken(SalesCrewError):
    """Another data source of yours has this name."""

    code = "name_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSource:
    """A client's database and what its figures mean."""

    id: UUID
    name: str
    engine: str
    sealed_dsn: bytes
    model: str
    #: None: as it was. A tenant that has sources has one default, so no to the only one is no answer.
    is_default: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """What may be read of a source: everything but its login and its model."""

    id: UUID
    name: str
    engine: str
    is_default: bool
    updated_at: datetime


def all_of(database: Database, tenant_id: TenantId) -> list[SourceItem]:
    with database.tenant(tenant_id) as conn:
        rows = conn.execute(_SQL["all"], {"tenant_id": tenant_id}).fetchall()
    return [SourceItem(**row) for row in rows]


def find(database: Database, tenant_id: TenantId, source_id: UUID) -> KeptSource:
    """Raises NotFound."""
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["find"], {"tenant_id": tenant_id, "id": source_id}).fetchone()
    if row is None:
        raise NotFound
    return KeptSource(**{name: row[name] for name in KeptSource.__slots__})


def add(database: Database, tenant_id: TenantId, source: KeptSource) -> SourceItem:
    """Raises NameTaken. A new default takes the place of the one before; a first source is it."""
    return _write(database, tenant_id, source, "add")


def replace(database: Database, tenant_id: TenantId, source: KeptSource) -> SourceItem:
    """Raises NotFound, NameTaken."""
    return _write(database, tenant_id, source, "replace")


def remove(database: Database, tenant_id: TenantId, source_id: UUID) -> None:
    """Raises NotFound. The oldest of the others takes the place of a default."""
    names = {"tenant_id": tenant_id, "id": source_id}
    with database.tenant(tenant_id) as conn:
        conn.execute(_SQL["lock"], names)
        if conn.execute(_SQL["remove"], names).fetchone() is None:
            raise NotFound
        conn.execute(_SQL["elect"], names)


def _write(
    database: Database, tenant_id: TenantId, source: KeptSource, statement: str
) -> SourceItem:
    names: Mapping[str, Any] = {"tenant_id": tenant_id, **asdict(source)}
    try:
        with database.tenant(tenant_id) as conn:
            conn.execute(_SQL["lock"], names)
            if source.is_default:
                conn.execute(_SQL["undefault"], names)
            if conn.execute(_SQL[statement], names).fetchone() is None:
                raise NotFound
            conn.execute(_SQL["elect"], names)
            [row] = conn.execute(_SQL["find"], names).fetchall()
    except UniqueViolation as error:
        raise NameTaken from error
    return SourceItem(**{name: row[name] for name in SourceItem.__slots__})
