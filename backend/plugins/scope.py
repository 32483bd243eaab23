"""On whose behalf a turn's tools run. Bound by us for each turn, never chosen by a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Protocol

from backend.domain.identity import Asker
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.domain.turns import AgentPolicy
from backend.knowledge.library import Guidance
from backend.plugins.playbook_index import PlaybookIndex
from backend.semantic.model import SemanticModel


class Figures(Protocol):
    """Certified figures of one data source: a semantic layer, or one that remembers."""

    @property
    def model(self) -> SemanticModel: ...

    @property
    def last_read_at(self) -> datetime | None:
        """When the source last answered; None where that is not known."""
        ...

    def answer(
        self,
        query: MetricQuery,
        *,
        role: str,
        attributes: Mapping[str, str],
        permitted_roles: frozenset[str],
    ) -> MetricTable:
        """See backend.semantic.layer.SemanticLayer."""
        ...

    def find_value(
        self, dimension: str, text: str, *, role: str, attributes: Mapping[str, str]
    ) -> tuple[str, ...]:
        """See backend.semantic.layer.SemanticLayer."""
        ...


class Documents(Protocol):
    """The tenant's own documents, to be searched."""

    def find(self, question: str, *, most: int) -> tuple[Guidance, ...]:
        """See backend.knowledge.library.Library. Raises StoreUnavailable."""
        ...


@dataclass(slots=True, kw_only=True)
class KernelCall:
    """One invocation as the kernel's filter saw it; `time_ms` and `error` come when it ends."""

    name: str
    arguments: Mapping[str, Any]
    time_ms: int | None = None
    #: Public code, or None when it went well.
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnScope:
    """The world of one turn. What is None is not there for this tenant, and neither is its tool."""

    asker: Asker
    agent: AgentPolicy
    language: Language
    today: date
    #: `time.monotonic()` instant at which the turn ends, whatever a tool is doing.
    deadline: float
    sales: Figures | None = None
    playbook: PlaybookIndex | None = None
    documents: Documents | None = None
    #: Every function the kernel was asked for in this turn, in order.
    calls: list[KernelCall] = field(default_factory=list)

    @property
    def plugins(self) -> frozenset[str]:
        """Names of the plugins that this turn may use; the kernel's filter denies all others."""
        present = {"market"}
        if self.sales is not None:
            present.add("sales")
        if self.playbook is not None or self.documents is not None:
            present.add("playbook")
        return frozenset(present)

    @property
    def sees_sales(self) -> bool:
        return self.asker.role in self.agent.sales_roles


#: How a kernel function receives the scope: as an argument that no schema shows.
#: (`Any` at run time, because Semantic Kernel would try to convert to a named type.)
ScopeArgument = Annotated[Any, {"include_in_function_choices": False}]
