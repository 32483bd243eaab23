"""Guards: which callers a route is open to. They run before a body is read."""

import ipaddress
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from backend.api.door import door_of
from backend.api.keys import bearer_key
from backend.domain.errors import NotAllowed
from backend.domain.identity import Caller, Scope

Connection = ASGIConnection[Any, Any, Any, Any]

#: What proxies add. With one of them a connection from the loopback is somebody else's.
_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip"})


async def identify(connection: Connection) -> Caller:
    """The caller, who is then known to the rest of the request. Raises Unauthenticated."""
    caller = await door_of(connection).keys.holder(bearer_key(connection.scope["headers"]))
    connection.scope["auth"] = caller
    return caller


def needs(*scopes: Scope) -> Guard:
    """Open to callers who have one of these scopes."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        caller = await identify(connection)
        if not any(caller.may(scope) for scope in scopes):
            raise NotAllowed

    return guard


async def near_or_keyed(connection: Connection, _: BaseRouteHandler) -> None:
    """Open to the machine itself, and to any caller with a key."""
    if not _is_near(connection):
        await identify(connection)


async def local_or_keyed(connection: Connection, _: BaseRouteHandler) -> None:
    """Open to everybody in a local environment, and else to any caller with a key."""
    if door_of(connection).settings.environment != "local":
        await identify(connection)


def _is_near(connection: Connection) -> bool:
    client = connection.scope["client"]
    if client is None or any(name in _FORWARDED for name, _ in connection.scope["headers"]):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
