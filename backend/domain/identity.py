"""Who is who: the tenant that pays, the person who asks, and the ids of everything else.

Ids are UUIDv7, so they sort by the moment they were made and say when a trace happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType
from uuid import UUID

from uuid6 import uuid7

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
TurnId = NewType("TurnId", UUID)
TaskId = NewType("TaskId", UUID)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    # uuid6 returns its own subclass; psycopg and msgspec want the plain one.
    return UUID(int=uuid7().int)


class Scope(StrEnum):
    """What an API key may do. `admin` includes the others."""

    CHAT = "chat"
    OPERATOR = "operator"
    ADMIN = "admin"


class Role(StrEnum):
    """What a person is to the tenant; decides what they may see."""

    SELLER = "seller"
    MANAGER = "manager"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The holder of an API key: the only source of a tenant id."""

    tenant_id: TenantId
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The person a turn answers to. `user_id` is the caller's own name for them."""

    tenant_id: TenantId
    person_id: PersonId
    user_id: str
    role: Role = Role.UNKNOWN
    name: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
