"""DELETE /users/{user_id}: erase a person everywhere; GET /erasures/{receipt_id}: what was taken.

    begin -> ring -> wait for the workers -> 200 with the receipt, or 202 with where to look

A name that nobody has, also that of somebody who was erased before, is 404. The receipt names nobody:
it holds a digest of the name, keyed with SECRET_KEY, so that whoever has both can tell whose it is.
"""

import asyncio
import hashlib
import hmac
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, delete, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from msgspec import Meta, Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.door import Door
from backend.api.paths import name_in
from backend.api.schemas import user_id_of
from backend.api.turn_reply import json_response
from backend.domain.errors import ErasureFailed
from backend.domain.identity import Scope, TenantId
from backend.store import erasures

#: A person's few thousand turns are erased within seconds; a longer history goes on by itself.
WAIT_SECONDS = 25.0
_POLL_SECONDS = 0.1


class Receipt(Struct, frozen=True, kw_only=True):
    """What an erasure has taken out of each store."""

    user_id: Annotated[
        str | None, Meta(description="As it was asked for; null when the receipt is read again.")
    ]
    receipt_id: UUID
    status: Literal["open", "done", "failed"]
    requested_at: datetime
    erased_at: datetime | None
    stores: Annotated[
        dict[str, int],
        Meta(
            description="Rows by table, and `events`: streams in Redis. "
            "`turns` stay without a name or a word, for the sums of /usage."
        ),
    ]
    user_digest: Annotated[
        str, Meta(description="HMAC-SHA256 of the name under a key made from SECRET_KEY.")
    ]


@delete(
    "/users/{user_id:str}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    status_code=200,
    summary="Erase everything that is held about a user, with a receipt",
    responses={
        200: ResponseSpec(Receipt, description="Nothing is left.", generate_examples=False),
        202: ResponseSpec(Receipt, description="It goes on; `Location` tells how far it is."),
    },
)
async def erase_user(request: DoorRequest, user_id: FromPath[str]) -> Response[bytes]:
    door, tenant_id, name = request.door, request.auth.tenant_id, user_id_of(name_in(user_id))
    erasure_id = await door.calls.run(
        erasures.begin, door.database, tenant_id, name, _digest(door, tenant_id, name)
    )
    await asyncio.to_thread(door.doorbell.ring, "interactive", rung_by="api")
    until = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        found = await door.calls.run(erasures.receipt, door.database, tenant_id, erasure_id)
        if found.status == "failed":
            raise ErasureFailed
        late = asyncio.get_running_loop().time() > until or door.waiting.draining
        if found.status == "done" or late:
            break
        await asyncio.sleep(_POLL_SECONDS)
    return json_response(
        _receipt(found, name),
        status_code=200 if found.status == "done" else 202,
        headers={"Location": f"/erasures/{erasure_id}"},
    )


@get(
    "/erasures/{receipt_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="The receipt of an erasure, and how far it is",
)
async def erasure(request: DoorRequest, receipt_id: FromPath[UUID]) -> Receipt:
    door = request.door
    found = await door.calls.run(
        erasures.receipt, door.database, request.auth.tenant_id, receipt_id
    )
    return _receipt(found, None)


def _receipt(found: erasures.Receipt, name: str | None) -> Receipt:
    return Receipt(
        user_id=name,
        receipt_id=found.id,
        status=found.status,  # type: ignore[arg-type] # the table holds no other
        requested_at=found.requested_at,
        erased_at=found.erased_at,
        stores=dict(found.stores),
        user_digest=found.digest.hex(),
    )


def _digest(door: Door, tenant_id: TenantId, name: str) -> bytes:
    """Without the key a digest of a name, perhaps a tax number, is found by trying all of them."""
    secret = door.settings.required("secret_key")
    # The context keeps this key apart from any other that is made from the same secret.
    key = hashlib.sha256(b"sales-crew erasure receipt\x00" + secret.encode()).digest()
    return hmac.digest(key, tenant_id.bytes + name.encode(), "sha256")
