"""What the plugin tests share: a turn, the demo company's model, and sources without a network."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from semantic_kernel import Kernel

from backend.domain.errors import SourceUnavailable
from backend.domain.identity import Asker, PersonId, Role, TenantId, new_id
from backend.domain.language import Language
from backend.domain.ports import Tool
from backend.domain.turns import AgentPolicy
from backend.plugins.kernel import build_kernel
from backend.plugins.playbook_index import PlaybookIndex
from backend.plugins.recorded_bank import RecordedCentralBank
from backend.plugins.scope import TurnScope
from backend.plugins.series import Observation, Recording, Series
from backend.plugins.toolbox import toolbox
from backend.semantic.compile import Compiled
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.model import SemanticModel
from backend.semantic.source import Result

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)


@cache
def demo_model() -> SemanticModel:
    return load_model((ROOT / "knowledge/demo/sales.yaml").read_text(encoding="utf-8"))


@cache
def demo_playbook() -> PlaybookIndex:
    return PlaybookIndex.load(ROOT / "knowledge/demo/playbook")


@cache
def recorded_kernel() -> Kernel:
    """A kernel over the recordings that the local stack answers with."""
    return build_kernel(RecordedCentralBank(ROOT / "knowledge/market"))


@dataclass
class ClientRows:
    """A client database with these rows for every question, and with some members."""

    rows: Sequence[tuple[Any, ...]] = ()
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: Called before a question is answered; may wait or raise.
    before: Callable[[], object] | None = None
    asked: list[Compiled] = field(default_factory=list)

    def run(self, compiled: Compiled) -> Result:
        [first, *others] = compiled.columns
        if not others and first not in demo_model().metrics:
            names = self.members.get(first, ())
            return Result(rows=tuple((name,) for name in names), truncated=False)
        self.asked.append(compiled)
        if self.before is not None:
            self.before()
        return Result(rows=tuple(self.rows), truncated=False)


@dataclass
class Published:
    """A Banco Central with these values of its series, by ISO day."""

    values: Mapping[Series, Mapping[str, str]]
    recording: Recording | None = None
    down: bool = False

    async def observations(
        self, series: Series, from_date: date, to_date: date
    ) -> tuple[Observation, ...]:
        if self.down:
            raise SourceUnavailable
        published = (
            Observation(day=date.fromisoformat(day), value=Decimal(value))
            for day, value in self.values.get(series, {}).items()
        )
        return tuple(each for each in published if from_date <= each.day <= to_date)


def a_scope(
    database: ClientRows | None = None,
    *,
    role: Role = Role.MANAGER,
    attributes: Mapping[str, str] | None = None,
    language: Language = Language.PORTUGUESE,
    playbook: PlaybookIndex | None = None,
    seconds: float = 60.0,
) -> TurnScope:
    tenant = TenantId(new_id())
    return TurnScope(
        asker=Asker(
            tenant_id=tenant,
            person_id=PersonId(new_id()),
            user_id="123",
            role=role,
            attributes=attributes or {},
        ),
        agent=AgentPolicy(name="default", sales_roles=frozenset({"seller", "manager"})),
        language=language,
        today=TODAY,
        deadline=time.monotonic() + seconds,
        sales=SemanticLayer(demo_model(), database, "demo") if database is not None else None,
        playbook=playbook,
    )


def tools_of(scope: TurnScope, kernel: Kernel | None = None) -> dict[str, Tool]:
    """The turn's tools by name."""
    offered = toolbox(scope, kernel or recorded_kernel())
    return {tool.spec.name: tool for tools in offered.values() for tool in tools}


def content_of(outcome: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(outcome.content)
    return read
