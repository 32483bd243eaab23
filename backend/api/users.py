"""PUT /users/{user_id}: who a user is to the tenant, which decides what they may see."""

from litestar import put
from litestar.params import FromPath, JSONBody

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.paths import name_in
from backend.api.reports import Person
from backend.api.schemas import PersonBody, user_id_of
from backend.domain.identity import Asker, Scope
from backend.store import people


@put(
    "/users/{user_id:str}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Say who a user is; replaces what was said before",
)
async def describe_user(
    request: DoorRequest, user_id: FromPath[str], data: JSONBody[PersonBody]
) -> Person:
    door, tenant_id, name = request.door, request.auth.tenant_id, user_id_of(name_in(user_id))

    def write() -> Asker:
        with door.database.tenant(tenant_id) as conn:
            return people.describe(
                conn,
                tenant_id,
                name,
                role=data.role,
                name=data.name,
                attributes=data.attributes,
            )

    asker = await door.calls.run(write)
    return Person(
        user_id=asker.user_id,
        role=asker.role,
        name=asker.name,
        attributes=dict(asker.attributes),
    )
