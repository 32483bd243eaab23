"""/metrics/catalog, /metrics/query, /metrics/parse: what may be asked, certified rows, and readings."""

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errands import ask_worker
from backend.api.figure_bodies import Catalog, MetricQueryBody, MetricRows, Parse, ParseBody
from backend.api.schemas import name_of
from backend.domain.errors import NotFound
from backend.domain.identity import Scope
from backend.store import tenants
from backend.store.errands import Errand, ErrandKind


@get(
    "/metrics/catalog",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="The certified metrics and the dimensions of a data source",
)
async def catalog(
    request: DoorRequest,
    data_source: Annotated[
        str | None, QueryParameter(description="Id or name. Default: the tenant's.")
    ] = None,
) -> Catalog:
    # An empty parameter names nothing.
    asked = {"data_source": name_of(data_source, "data_source") if data_source else None}
    return msgspec.convert(await _ask(request, "catalog", asked), Catalog)


@post(
    "/metrics/query",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    status_code=200,
    summary="Certified rows, with their statement and where they come from",
)
async def query(request: DoorRequest, data: JSONBody[MetricQueryBody]) -> MetricRows:
    asked = msgspec.to_builtins(data)
    return msgspec.convert(await _ask(request, "query", asked), MetricRows)


@post(
    "/metrics/parse",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    status_code=200,
    summary="How a question in everyday words is read",
)
async def parse(request: DoorRequest, data: JSONBody[ParseBody]) -> Parse:
    asked = msgspec.to_builtins(data)
    return msgspec.convert(await _ask(request, "parse", asked), Parse)


async def _ask(request: DoorRequest, kind: ErrandKind, asked: dict[str, Any]) -> Any:
    """A worker's answer about a source that is there. Raises NotFound, and as `ask_worker`."""
    door, tenant_id = request.door, request.auth.tenant_id

    def is_there() -> bool:
        with door.database.tenant(tenant_id) as conn:
            found = tenants.data_source_stamp(conn, tenant_id, asked.get("data_source"))
        return found is not None

    if not await door.calls.run(is_there):
        raise NotFound("There is no such data source here")
    return await ask_worker(request, Errand(kind=kind, asked=asked))
