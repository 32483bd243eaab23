"""/data-sources: the clients' databases that a tenant's figures come from.

None is stored before a worker has looked at it: a broken model, a host that does not answer or a
login that can write is refused with the reason.
"""

from typing import Any
from uuid import UUID

import msgspec
import structlog
from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.door import Door
from backend.api.errands import ask_worker
from backend.api.errors import ErrandRefused
from backend.api.figure_bodies import (
    DataSourceBody,
    DataSourceChange,
    DataSourceItem,
    DataSourceList,
    SourceTest,
)
from backend.domain.identity import Scope, new_id
from backend.store import data_sources
from backend.store.data_sources import KeptSource, SourceItem
from backend.store.errands import Errand, Refusal
from backend.store.seal import Seal

log = structlog.get_logger(__name__)


@get(
    "/data-sources",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="The tenant's data sources",
)
async def list_data_sources(request: DoorRequest) -> DataSourceList:
    door = request.door
    found = await door.calls.run(data_sources.all_of, door.database, request.auth.tenant_id)
    return DataSourceList(data_sources=[_item(each) for each in found])


@post(
    "/data-sources",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Add a client's database; refused with the reasons when it cannot be used",
)
async def add_data_source(request: DoorRequest, data: JSONBody[DataSourceBody]) -> DataSourceItem:
    door = request.door
    sealed = _seal(door).close(data.dsn)
    source = await _examined(request, new_id(), data, sealed)
    added = await door.calls.run(data_sources.add, door.database, request.auth.tenant_id, source)
    log.info("source.added", tenant_id=str(request.auth.tenant_id), source_id=str(added.id))
    return _item(added)


@put(
    "/data-sources/{source_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Replace a data source; what was there stays until the new one was found good",
)
async def replace_data_source(
    request: DoorRequest, source_id: FromPath[UUID], data: JSONBody[DataSourceChange]
) -> DataSourceItem:
    door, tenant_id = request.door, request.auth.tenant_id
    before = await door.calls.run(data_sources.find, door.database, tenant_id, source_id)
    sealed = before.sealed_dsn if data.dsn is None else _seal(door).close(data.dsn)
    source = await _examined(request, source_id, data, sealed)
    replaced = await door.calls.run(data_sources.replace, door.database, tenant_id, source)
    log.info("source.replaced", tenant_id=str(tenant_id), source_id=str(source_id))
    return _item(replaced)


@delete(
    "/data-sources/{source_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Forget a data source, its login and its model",
)
async def remove_data_source(request: DoorRequest, source_id: FromPath[UUID]) -> None:
    door, tenant_id = request.door, request.auth.tenant_id
    await door.calls.run(data_sources.remove, door.database, tenant_id, source_id)
    log.info("source.removed", tenant_id=str(tenant_id), source_id=str(source_id))


@post(
    "/data-sources/{source_id:uuid}/test",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    status_code=200,
    summary="Look at a data source now: does it answer, can its login only read, does its model fit",
)
async def test_data_source(request: DoorRequest, source_id: FromPath[UUID]) -> SourceTest:
    door, tenant_id = request.door, request.auth.tenant_id
    source = await door.calls.run(data_sources.find, door.database, tenant_id, source_id)
    told = await _examine(request, source.engine, source.model, source.sealed_dsn)
    return msgspec.convert({"ok": not told["problems"], **told}, SourceTest)


async def _examined(
    request: DoorRequest,
    source_id: UUID,
    data: DataSourceBody | DataSourceChange,
    sealed: bytes,
) -> KeptSource:
    """The source as it may be stored. Raises ErrandRefused with all that speaks against it."""
    told = await _examine(request, data.engine, data.model, sealed)
    if told["problems"]:
        first = told["problems"][0]
        problems = [each["detail"] for each in told["problems"]]
        raise ErrandRefused(Refusal(**first, problems=problems))
    return KeptSource(
        id=source_id,
        name=data.name,
        engine=data.engine,
        sealed_dsn=sealed,
        model=data.model,
        is_default=data.default,
    )


async def _examine(request: DoorRequest, engine: str, model: str, sealed: bytes) -> dict[str, Any]:
    asked = {"engine": engine, "model": model}
    told: dict[str, Any] = await ask_worker(
        request, Errand(kind="examine", asked=asked, sealed=sealed)
    )
    return told


def _seal(door: Door) -> Seal:
    return Seal(door.settings.required("secret_key"))


def _item(source: SourceItem) -> DataSourceItem:
    return DataSourceItem(
        id=source.id,
        name=source.name,
        engine=source.engine,
        default=source.is_default,
        updated_at=source.updated_at,
    )
