"""/users/{user_id}/facts: what is known of a user, and of the accounts that they told about.

Facts are learnt from what users say; here they are listed, corrected and deleted by hand.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import structlog
from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Meta, Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.paths import name_in
from backend.api.schemas import check_name, user_id_of
from backend.domain.errors import NotFound
from backend.domain.facts import LABEL_CHARACTERS, SELF, TEXT_CHARACTERS, Statement, key_of
from backend.domain.identity import PersonId, Scope
from backend.store import facts, people
from backend.store.database import Conn
from backend.store.facts import Fact, NewFact

log = structlog.get_logger(__name__)

T = TypeVar("T")

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS)]
Label = Annotated[str, Meta(min_length=1, max_length=LABEL_CHARACTERS)]


class FactBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact to be known of a user. It replaces the current one of the same subject and topic."""

    text: Text
    subject: Annotated[
        Label, Meta(description="An account or a person, by name. Default `self`: the user.")
    ] = SELF
    topic: (
        Annotated[Label, Meta(description="Default: one of its own, so that nothing is replaced.")]
        | None
    ) = None

    def __post_init__(self) -> None:
        for name in ("text", "subject", "topic"):
            value = getattr(self, name)
            if value is not None:
                check_label(value, name)


class FactChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a fact should say from now on."""

    text: Text

    def __post_init__(self) -> None:
        check_label(self.text, "text")


class FactItem(Struct, frozen=True, kw_only=True):
    id: UUID
    text: str
    subject: Annotated[str, Meta(description="`self`: the user. Else a name, as it was written.")]
    topic: str
    said_at: datetime
    valid_from: datetime
    valid_to: Annotated[datetime, Meta(description="null: it is current.")] | None
    superseded_by: Annotated[UUID, Meta(description="The fact that replaced it.")] | None
    by: Annotated[Literal["rules", "model", "operator"], Meta(description="Who put it down.")]
    source_turn_id: Annotated[UUID, Meta(description="Where it was said.")] | None


class FactItems(Struct, frozen=True, kw_only=True):
    """Current facts, the newest first; then those that were replaced, if asked for."""

    items: list[FactItem]


@get(
    "/users/{user_id:str}/facts",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What is known of this user, and with `history` what was known before",
)
async def list_facts(
    request: DoorRequest,
    user_id: FromPath[str],
    history: Annotated[bool, QueryParameter(description="With replaced facts.")] = False,
) -> FactItems:
    tenant_id = request.auth.tenant_id

    def read(conn: Conn, person_id: PersonId) -> list[Fact]:
        return facts.listed(conn, tenant_id, person_id, history=history)

    return FactItems(items=[_item(fact) for fact in await _of_user(request, user_id, read)])


@post(
    "/users/{user_id:str}/facts",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Put down a fact about this user",
)
async def add_fact(
    request: DoorRequest, user_id: FromPath[str], data: JSONBody[FactBody]
) -> FactItem:
    tenant_id = request.auth.tenant_id
    statement = Statement(
        subject=SELF if key_of(data.subject) == SELF else data.subject,
        topic=data.topic or key_of(data.text)[:LABEL_CHARACTERS],
        text=data.text,
        noted_by="operator",
    )

    def write(conn: Conn, person_id: PersonId) -> Fact:
        fact = NewFact(statement=statement, said_at=datetime.now(UTC))
        return facts.write(conn, tenant_id, person_id, fact)

    added = await _of_user(request, user_id, write)
    log.info("fact.added", tenant_id=str(tenant_id), fact_id=str(added.id))
    return _item(added)


@patch(
    "/users/{user_id:str}/facts/{fact_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Correct a current fact: it is closed, and the new text takes its place",
)
async def correct_fact(
    request: DoorRequest,
    user_id: FromPath[str],
    fact_id: FromPath[UUID],
    data: JSONBody[FactChange],
) -> FactItem:
    tenant_id = request.auth.tenant_id

    def write(conn: Conn, person_id: PersonId) -> Fact:
        return facts.replace(conn, tenant_id, person_id, fact_id, data.text, at=datetime.now(UTC))

    corrected = await _of_user(request, user_id, write)
    log.info("fact.corrected", tenant_id=str(tenant_id), fact_id=str(fact_id))
    return _item(corrected)


@delete(
    "/users/{user_id:str}/facts/{fact_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Delete a fact wholly, from the history too",
)
async def delete_fact(
    request: DoorRequest, user_id: FromPath[str], fact_id: FromPath[UUID]
) -> None:
    tenant_id = request.auth.tenant_id

    def remove(conn: Conn, person_id: PersonId) -> None:
        facts.remove(conn, tenant_id, person_id, fact_id)

    await _of_user(request, user_id, remove)
    log.info("fact.deleted", tenant_id=str(tenant_id), fact_id=str(fact_id))


def check_label(text: str, field: str) -> None:
    """Raises ValueError when it is blank, holds control characters, or nothing but marks."""
    check_name(text, field)
    if not key_of(text):
        raise ValueError(f"`{field}` should have letters or digits")


async def _of_user(request: DoorRequest, user_id: str, work: Callable[[Conn, PersonId], T]) -> T:
    """Do some work on the facts of a user in one transaction. Raises NotFound."""
    door, tenant_id, name = request.door, request.auth.tenant_id, user_id_of(name_in(user_id))

    def within() -> T:
        with door.database.tenant(tenant_id) as conn:
            asker = people.find(conn, tenant_id, name)
            if asker is None:
                raise NotFound
            return work(conn, asker.person_id)

    return await door.calls.run(within)


def _item(fact: Fact) -> FactItem:
    return FactItem(
        id=fact.id,
        text=fact.text,
        subject=fact.subject,
        topic=fact.topic,
        said_at=fact.said_at,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        superseded_by=fact.superseded_by,
        by=fact.noted_by,
        source_turn_id=fact.source_turn_id,
    )
