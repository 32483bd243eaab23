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
#: A source that is slow may hold so much of a worker's threads: one tenant's trouble is not all tenants'.
_SHARE_OF_THREADS = 4
# Sources are opened side by side, but each by one thread: its model takes a moment to load.
_DOORS = 16
# So many are learned in a quarter of a second; more, behind the question that found them changed.
_MANY_NAMES = 5_000


class OpenSources:
    """See backend.answering.world.Sources. Thread-safe."""

    def __init__(self, seal: Seal, directories: Sequence[Path] = (), threads: int = 64) -> None:
        """A client's files lie in `directories`; `threads` is how many of a worker may ask."""
        self._seal = seal
        self._directories = directories
        self._most_waiting = max(1, threads // _SHARE_OF_THREADS)
        self._lock = threading.Lock()
        self._doors = tuple(threading.Lock() for _ in range(_DOORS))
        self._open: OrderedDict[UUID, _OpenSource] = OrderedDict()
        #: When a source that is closed again was last read: what "it is down" is followed by.
        self._last_read_at: dict[UUID, datetime] = {}
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
        with self._doors[hash(stored.id) % _DOORS]:
            with self._lock:
                found = self._open.get(stored.id)
            if found is None or found.updated_at < stored.updated_at:
                found = self._connected(stored)
                with self._lock:
                    self._keep(stored.id, found)
            return found

    def _keep(self, source_id: UUID, source: "_OpenSource") -> None:
        """`_lock` is held."""
        before = self._open.pop(source_id, None)
        if before is not None:
            self._forget(source_id, before)
        source.layer.last_read_at = self._last_read_at.pop(source_id, None)
        self._open[source_id] = source
        if len(self._open) > MOST_OPEN:
            others = [each for each in self._open if each != source_id]
            # Not one that is being read, unless all are: then it closes after its last row.
            idle = (each for each in others if self._open[each].client.idle_seconds > 0)
            least = next(idle, others[0])
            self._forget(least, self._open.pop(least))

    def _forget(self, source_id: UUID, source: "_OpenSource") -> None:
        if source.layer.last_read_at is not None:
            self._last_read_at[source_id] = source.layer.last_read_at
        source.client.close()

    def _connected(self, stored: DataSource) -> "_OpenSource":
        model, engine = load_model(stored.model), Engine(stored.engine)
        dsn = self._seal.open(stored.sealed_dsn)
        client = ClientDatabase(dsn, engine, self._directories, self._most_waiting)
        log.info("source.opened", source=stored.name, source_id=str(stored.id))
        return _OpenSource(
            id=str(stored.id),
            updated_at=stored.updated_at,
            client=client,
            layer=SemanticLayer(model, client, stored.name, engine),
        )


@dataclass(slots=True, kw_only=True)
class _OpenSource:
    id: str
    updated_at: datetime
    client: ClientDatabase
    layer: SemanticLayer
    #: The names that the parser knows.
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
                return self._as(self._parser or self._nameless, silent=self._parser is None)
        parser = self._parser
        if parser is None:
            self._lock.acquire()
        elif self._members is members or not self._lock.acquire(blocking=False):
            # Known already, or being learned: meanwhile the others read with the names before.
            return self._as(parser)
        elif sum(map(len, members.values())) > _MANY_NAMES:
            self._begin_to_learn(members)
            return self._as(parser)
        return self._as(self._learn(members))

    def _begin_to_learn(self, members: Mapping[str, Sequence[str]]) -> None:
        learner = threading.Thread(target=self._learn, args=(members,), name="names", daemon=True)
        try:
            learner.start()
        except RuntimeError:  # no thread to be had now
            self._lock.release()

    def _learn(self, members: Mapping[str, Sequence[str]]) -> QuestionParser:
        """`_lock` is held, and let go of here."""
        try:
            if self._parser is None or self._members is not members:
                self._parser = QuestionParser(self.layer.model, members)
                self._members = members
            return self._parser
        finally:
            self._lock.release()

    def _as(self, parser: QuestionParser, *, silent: bool = False) -> Source:
        return Source(
            layer=self.layer,
            parser=parser,
            id=self.id,
            stamp=self.updated_at.isoformat(),
            silent=silent,
            spans=parser.spans,
        )


class LanguageOnly:
    """The parser of a tenant without a data source: it knows the language and nothing else."""

    def read(
        self, question: str, *, today: date, previous: MetricQuery | None, language: Language
    ) -> Reading:
        """See backend.domain.ports.Parser."""
        del today, previous
        return Reading(query=None, language=detect_language(question, language), complete=False)
