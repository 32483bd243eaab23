"""The tenants' data sources, opened once and kept: login unsealed, model loaded, vocabulary read.

Opened again when the stored source changes. A source that is not there leaves a turn without
sales tools, not without an answer.
"""

import threading
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import structlog

from backend.answering.world import Source
from backend.domain.identity import TenantId
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.parser import QuestionParser
from backend.semantic.source import ClientDatabase
from backend.store import tenants
from backend.store.database import Database
from backend.store.seal import Seal

log = structlog.get_logger(__name__)

#: Each open source keeps a few connections to a client's database; the least used is closed.
MOST_OPEN = 200

_NO_SOURCE = Source(layer=None, parser=QuestionParser(None, dict))


class OpenSources:
    """See backend.answering.world.Sources. Thread-safe."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._lock = threading.Lock()
        self._open: OrderedDict[UUID, tuple[datetime, Source, ClientDatabase]] = OrderedDict()

    def open(self, tenant_id: TenantId, reference: str | None) -> Source:
        with self._database.tenant(tenant_id) as conn:
            stored = tenants.data_source(conn, tenant_id, reference)
        if stored is None:
            return _NO_SOURCE
        with self._lock:
            found = self._open.get(stored.id)
            if found is not None and found[0] == stored.updated_at:
                self._open.move_to_end(stored.id)
                return found[1]
            client = ClientDatabase(self._seal.open(stored.sealed_dsn))
            layer = SemanticLayer(load_model(stored.model), client, stored.name)
            source = Source(layer=layer, parser=QuestionParser(layer.model, layer.members.all))
            self._open[stored.id] = (stored.updated_at, source, client)
            self._open.move_to_end(stored.id)
            log.info("source.opened", source=stored.name, tenant_id=str(tenant_id))
            if found is not None:
                found[2].close()
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1][2].close()
            return source

    def close(self) -> None:
        with self._lock:
            for _, _, client in self._open.values():
                client.close()
            self._open.clear()
