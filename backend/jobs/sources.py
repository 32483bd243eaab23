"""The tenants' data sources, opened once and kept: login unsealed, model loaded, vocabulary read.

Opened again when the stored source changes; the parser is made again when the client's data has
new names. A source that is not there leaves a turn without sales tools, not without an answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import structlog

from backend.answering.world import Source
from backend.domain.errors import SourceUnavailable
from backend.domain.identity import TenantId
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.semantic.engine import Engine
from backend.semantic.language import detect_language
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.parser import QuestionParser
from backend.semantic.source import ClientDatabase
from backend.store import tenants
from backend.store.database import Conn
from backend.store.seal import Seal
from backend.store.tenants import DataSource

log = structlog.get_logger(__name__)

#: Each open source keeps two connections to a client's database; the least used is closed.
MOST_OPEN = 64
#: Connections that nobody has used for this long are the client's again.
IDLE_SECONDS = 60.0
_LOOK_SECONDS = 15.0


class OpenSources:
    """See backend.answering.world.Sources. Thread-safe."""

    def __init__(self, seal: Seal, directories: Sequence[Path] = ()) -> None:
        """A client's files lie in `directories`."""
        self._seal = seal
        self._directories = directories
        self._lock = threading.Lock()
        self._open: OrderedDict[UUID, _OpenSource] = OrderedDict()
        self._closed = threading.Event()
        threading.Thread(target=self._rest, name="idle-sources", daemon=True).start()

    def find(self, conn: Conn, tenant_id: TenantId, reference: str | None) -> Callable[[], Source]:
        """What opens the source of that name or id (None: the default one).

        Opening may read the client's database; call it when `conn` is free again.
        """
        stamp = tenants.data_source_stamp(conn, tenant_id, reference)
        if stamp is None:
            return lambda: Source(layer=None, parser=LanguageOnly())
        with self._lock:
            found = self._open.get(stamp.id)
            if found is not None and found.updated_at == stamp.updated_at:
                self._open.move_to_end(stamp.id)
                return found.source
        stored = tenants.data_source(conn, tenant_id, str(stamp.id))
        if stored is None:
            return lambda: Source(layer=None, parser=LanguageOnly())
        return lambda: self._opened(stored).source()

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            for source in self._open.values():
                source.client.close()
            self._open.clear()

    def _rest(self) -> None:
        """Give idle connections back, for as long as the process lives."""
        while not self._closed.wait(_LOOK_SECONDS):
            with self._lock:
                idle = [
                    each.client
                    for each in self._open.values()
                    if each.client.idle_seconds >= IDLE_SECONDS
                ]
            for client in idle:
                client.rest()

    def _opened(self, stored: DataSource) -> "_OpenSource":
        with self._lock:
            found = self._open.get(stored.id)
            if found is None or found.updated_at < stored.updated_at:
                if found is not None:
                    found.client.close()
                found = self._open[stored.id] = self._connected(stored)
            self._open.move_to_end(stored.id)
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)[1].client.close()
            return found

    def _connected(self, stored: DataSource) -> "_OpenSource":
        engine = Engine(stored.engine)
        client = ClientDatabase(self._seal.open(stored.sealed_dsn), engine, self._directories)
        log.info("source.opened", source=stored.name, source_id=str(stored.id))
        return _OpenSource(
            id=str(stored.id),
            updated_at=stored.updated_at,
            client=client,
            layer=SemanticLayer(load_model(stored.model), client, stored.name, engine),
        )


@dataclass(slots=True, kw_only=True)
class _OpenSource:
    id: str
    updated_at: datetime
    client: ClientDatabase
    layer: SemanticLayer
    _members: Mapping[str, Sequence[str]] | None = None
    _parser: QuestionParser | None = None
    _nameless: QuestionParser | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def source(self) -> Source:
        try:
            members: Mapping[str, Sequence[str]] = self.layer.members.all()
        except SourceUnavailable:
            # Questions can still be read, but for names; the tool will say that the source is down.
            with self._lock:
                if self._nameless is None:
                    self._nameless = QuestionParser(self.layer.model, {})
                return self._as(self._parser or self._nameless)
        with self._lock:
            if self._parser is None or self._members is not members:
                self._parser = QuestionParser(self.layer.model, members)
                self._members = members
            return self._as(self._parser)

    def _as(self, parser: QuestionParser) -> Source:
        stamp = self.updated_at.isoformat()
        return Source(layer=self.layer, parser=parser, id=self.id, stamp=stamp, spans=parser.spans)


class LanguageOnly:
    """The parser of a tenant without a data source: it knows the language and nothing else."""

    def read(
        self, question: str, *, today: date, previous: MetricQuery | None, language: Language
    ) -> Reading:
        """See backend.domain.ports.Parser."""
        del today, previous
        return Reading(query=None, language=detect_language(question, language), complete=False)
