"""/schema/openapi.json and /docs: the description for programs, and for people as one page."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from litestar import MediaType, Response, get
from litestar.handlers import HTTPRouteHandler

from backend.api.auth import local_or_keyed
from backend.api.bodies import DoorRequest
from backend.api.description import describe
from backend.api.docs_examples import examples
from backend.api.docs_page import STYLE, page

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: The page itself may load nothing but its own style and an empty icon.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; frame-ancestors 'none'"
)


def docs_handlers(described: list[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """The two routes that describe the others."""

    @cache
    def document() -> dict[str, Any]:
        return describe(described)

    @get("/schema/openapi.json", guards=[local_or_keyed], include_in_schema=False)
    async def openapi() -> Response[bytes]:
        return Response(json.dumps(document()).encode(), media_type=MediaType.JSON)

    @get("/docs", guards=[local_or_keyed], include_in_schema=False, media_type=MediaType.HTML)
    async def docs(request: DoorRequest) -> Response[str]:
        address = str(request.base_url).rstrip("/")
        return Response(
            "".join(page(document(), examples(address))),
            media_type=MediaType.HTML,
            headers={"Content-Security-Policy": _POLICY},
        )

    return [openapi, docs]
