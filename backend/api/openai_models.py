"""GET /v1/models: a tenant's agents, as OpenAI's clients list models."""

from collections.abc import Sequence
from typing import Literal

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath
from msgspec import Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errors import ModelNotFound
from backend.api.paths import name_in
from backend.api.turn_reply import json_response
from backend.domain.identity import Scope
from backend.store import chat_clients


class Model(Struct, frozen=True, kw_only=True):
    """An agent."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "sales-crew"


class Models(Struct, frozen=True, kw_only=True):
    """The agents, the default one first."""

    object: Literal["list"] = "list"
    data: Sequence[Model]


@get(
    "/v1/models",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    summary="The agents, as OpenAI's clients list models",
    responses={200: ResponseSpec(Models, description="The agents.", generate_examples=False)},
)
async def list_models(request: DoorRequest) -> Response[bytes]:
    return json_response(Models(data=await _models(request)))


@get(
    "/v1/models/{model:str}",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    summary="One agent, as OpenAI's clients look up a model",
    responses={200: ResponseSpec(Model, description="The agent.", generate_examples=False)},
)
async def read_model(request: DoorRequest, model: FromPath[str]) -> Response[bytes]:
    found = [each for each in await _models(request) if each.id == name_in(model)]
    if not found:
        raise ModelNotFound
    return json_response(found[0])


async def _models(request: DoorRequest) -> list[Model]:
    door = request.door
    agents = await door.calls.run(chat_clients.agents, door.database, request.auth.tenant_id)
    return [Model(id=agent.name, created=int(agent.created_at.timestamp())) for agent in agents]
