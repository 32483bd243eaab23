"""The API's own description: an OpenAPI document made from the handlers themselves."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.serialization import decode_json, encode_json

from backend.api import openai_errors
from backend.api.bodies import DoorRequest
from backend.api.facts import FactBody, FactChange
from backend.api.figure_bodies import (
    DataSourceBody,
    DataSourceChange,
    MetricQueryBody,
    ParseBody,
)
from backend.api.openai_errors import OpenAIProblem
from backend.api.problems import MEDIA_TYPE, Problem
from backend.api.schemas import ChatBody, PersonBody

VERSION = "1"
_TEXT = (
    "Every call carries `Authorization: Bearer <key>`; the key decides tenant and scopes "
    "(`chat`, `operator`, `admin`, which includes the others). A tag names the scope that a call "
    "needs. Errors are `application/problem+json` with a stable `code`; below `/v1`, which any client "
    "of OpenAI's protocol can use, they have the shape that such clients read. Questions also travel as "
    "frames over the WebSocket `/ws/chat`: in, the body of `POST /chat` with `ref` and "
    "`idempotency_key` if wanted; out, `{event, id, turn_id, ref, data}` with the same events as "
    "`GET /turns/{turn_id}/events`."
)

#: Bodies that refuse a member they do not know, which the framework does not say.
_STRICT = (
    ChatBody,
    PersonBody,
    FactBody,
    FactChange,
    DataSourceBody,
    DataSourceChange,
    MetricQueryBody,
    ParseBody,
)


def describe(handlers: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """The OpenAPI document of these handlers.

    It is made by an application of its own, so that the real one has no routes but ours.
    """
    application = Litestar(
        handlers,
        request_class=DoorRequest,
        # Its default would take over this process's logging.
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Sales Crew",
            version=VERSION,
            description=_TEXT,
            security=[{"key": []}],
            components=Components(
                security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}
            ),
        ),
    )
    # Through the framework's own encoder, so that what remains is plain JSON.
    document: dict[str, Any] = decode_json(encode_json(application.openapi_schema.to_schema()))
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _describe_errors(path, operation["responses"])
    for body in _STRICT:
        document["components"]["schemas"][body.__name__]["additionalProperties"] = False
    return document


def _describe_errors(path: str, responses: dict[str, Any]) -> None:
    """One shape for all errors of a call, in place of the framework's own."""
    responses.pop("400", None)
    if path.startswith(openai_errors.PREFIX):
        kind, name = MediaType.JSON.value, OpenAIProblem.__name__
    else:
        kind, name = MEDIA_TYPE, Problem.__name__
    responses["default"] = {
        "description": "What went wrong.",
        "content": {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }
