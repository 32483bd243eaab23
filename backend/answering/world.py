"""What answering stands on, built once per process by `backend/jobs/runtime.py`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Protocol
from uuid import UUID

from semantic_kernel import Kernel

from backend.answering.mentions import Spans
from backend.domain.events import TurnEvent
from backend.domain.identity import TenantId
from backend.domain.ports import ChatModel, Embedder, Parser, Planner
from backend.live.kept_rows import KeptRows
from backend.live.silenced_turns import SilencedTurns
from backend.memory.digest import MOST_EXCHANGES
from backend.plugins.playbook_index import PlaybookIndex
from backend.semantic.layer import SemanticLayer
from backend.store.database import Conn, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A tenant's data source, open: how its questions are read and answered."""

    layer: SemanticLayer | None
    parser: Parser
    #: Ours; empty where there is none.
    id: str = ""
    #: Another one whenever the source has been set up anew.
    stamp: str = ""
    #: True when it is down and not even the names of its members could be read.
    silent: bool = False
    #: How its parser sees a text, for the check of what an answer names.
    spans: Spans | None = None


class Sources(Protocol):
    """Finds a tenant's data sources, opens them, and keeps them open."""

    def find(
        self, conn: Conn, tenant_id: TenantId, reference: str | None
    ) -> Callable[[], Source]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    database: Database
    embedder: Embedder
    model: ChatModel
    planner: Planner
    kernel: Kernel
    sources: Sources
    #: The playbook in that folder; an agent without one has no such tool.
    playbook: Callable[[str | None], PlaybookIndex | None]
    publish: Callable[[UUID, Sequence[TurnEvent]], None]
    ring: Callable[[str, str], object]
    today: Callable[[], date]
    #: Where "today" is.
    zone: tzinfo
    deadline_seconds: float
    #: Rows of metric queries that were asked before; None keeps none.
    kept_rows: KeptRows | None = None
    #: Where turns are silenced whose askers are erased.
    silenced: SilencedTurns
    #: Whether certain questions are answered without a model, where their agent allows it.
    fast_path: bool = True
    #: Exchanges of a person that are recalled one by one; older ones fold into digests.
    most_exchanges: int = MOST_EXCHANGES
    #: Wraps what only waits for others, so that another turn may work meanwhile.
    aside: Callable[[], AbstractContextManager[None]] = nullcontext
    #: Lets go of what the process holds open, connections above all.
    closers: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """Let go of everything, in the order given."""
        for close in self.closers:
            close()
