"""Tenants, their keys, their agents and their data sources."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.domain.identity import Caller, Scope, TenantId, new_id
from backend.domain.turns import AgentPolicy
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("tenants")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """A client's database as stored: its login sealed, its semantic model as YAML."""

    id: UUID
    name: str
    engine: str
    sealed_dsn: bytes
    model: str
    updated_at: datetime


def key_digest(key: str) -> bytes:
    """What is stored of an API key. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def caller(conn: Conn, key: str) -> Caller | None:
    """The holder of a live key, or None."""
    row = conn.execute(_SQL["caller"], {"digest": key_digest(key)}).fetchone()
    if row is None:
        return None
    return Caller(
        tenant_id=TenantId(row["tenant_id"]), scopes=frozenset(Scope(s) for s in row["scopes"])
    )


def with_keys(conn: Conn) -> list[TenantId]:
    """All tenants that can be served, from the one table of them that stands outside the wall."""
    return [TenantId(row["tenant_id"]) for row in conn.execute(_SQL["with_keys"])]


def add_tenant(conn: Conn, tenant_id: TenantId, name: str) -> None:
    conn.execute(_SQL["add_tenant"], {"tenant_id": tenant_id, "name": name})


def add_api_key(
    conn: Conn, tenant_id: TenantId, key: str, scopes: frozenset[Scope], label: str
) -> None:
    """Register a key; only its digest is kept."""
    conn.execute(
        _SQL["add_api_key"],
        {
            "id": new_id(),
            "tenant_id": tenant_id,
            "digest": key_digest(key),
            "scopes": sorted(scopes),
            "label": label,
        },
    )


def add_agent(conn: Conn, tenant_id: TenantId, policy: AgentPolicy, *, is_default: bool) -> None:
    conn.execute(
        _SQL["add_agent"],
        {
            "tenant_id": tenant_id,
            "name": policy.name,
            "is_default": is_default,
            "sales_roles": sorted(policy.sales_roles),
            "playbook": policy.playbook,
            "fast_path": policy.fast_path,
        },
    )


def agent(conn: Conn, tenant_id: TenantId, name: str | None) -> AgentPolicy | None:
    """The agent of that name (None: the tenant's default one), or None."""
    row = conn.execute(_SQL["agent"], {"tenant_id": tenant_id, "name": name}).fetchone()
    if row is None:
        return None
    return AgentPolicy(
        name=row["name"],
        sales_roles=frozenset(row["sales_roles"]),
        playbook=row["playbook"],
        fast_path=row["fast_path"],
    )


def add_data_source(
    conn: Conn, tenant_id: TenantId, *, name: str, sealed_dsn: bytes, model: str, is_default: bool
) -> None:
    conn.execute(
        _SQL["add_data_source"],
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "name": name,
            "engine": "postgresql",
            "sealed_dsn": sealed_dsn,
            "model": model,
            "is_default": is_default,
        },
    )


@dataclass(frozen=True, slots=True)
class DataSourceStamp:
    """Which source, and since when it is as it is."""

    id: UUID
    updated_at: datetime


def data_source_stamp(
    conn: Conn, tenant_id: TenantId, reference: str | None
) -> DataSourceStamp | None:
    """The source of that name or id (None: the tenant's default one), or None."""
    row = conn.execute(
        _SQL["data_source_stamp"], {"tenant_id": tenant_id, "reference": reference}
    ).fetchone()
    return None if row is None else DataSourceStamp(**row)


def data_source(conn: Conn, tenant_id: TenantId, reference: str | None) -> DataSource | None:
    """The source of that name or id (None: the tenant's default one), or None."""
    row = conn.execute(
        _SQL["data_source"], {"tenant_id": tenant_id, "reference": reference}
    ).fetchone()
    return None if row is None else DataSource(**row)
