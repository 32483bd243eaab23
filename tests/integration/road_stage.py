"""The whole road in one process: the demo tenant, its company, and a World as a worker builds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from backend.answering.answer_turn import answer_turn
from backend.answering.world import World
from backend.domain.identity import TenantId
from backend.jobs.runtime import build_world
from backend.settings import Settings
from backend.store import turns
from backend.store.tasks import Claim
from ops.demo.load import load
from ops.local.prepare import DEMO_DATABASE
from ops.local.seed import seed_demo_tenant
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.stage import ask, claim

TODAY = date(2026, 11, 24)
SECRET = "a secret of the test suite, and of nobody else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    world: World
    tenant_id: TenantId
    #: What a worker would have gone on with after each answer: to remember it.
    follow_ups: list[Claim] = field(default_factory=list)

    def ask(self, question: str, *, user_id: str = "123") -> dict[str, Any]:
        """Submit, claim, answer; returns the public body."""
        accepted = ask(self.world.database, self.tenant_id, question, user_id=user_id)
        follow_up = answer_turn(self.world, claim(self.world.database))
        assert follow_up is not None
        self.follow_ups.append(follow_up)
        turn = turns.find(self.world.database, self.tenant_id, accepted.turn_id)
        assert turn is not None
        assert turn.answer is not None
        return dict(turn.answer)


@contextmanager
def a_road(
    postgres: PostgresCluster,
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    *,
    today: date = TODAY,
    **settings: Any,
) -> Iterator[Road]:
    load(postgres.owner_dsn(DEMO_DATABASE), today)
    tenant = seed_demo_tenant(
        owner_dsn=database.owner_dsn,
        demo_reader_dsn=postgres.reader_dsn(),
        secret_key=SECRET,
        remembered=None,
    )
    world = build_world(
        Settings(
            _env_file=None,
            app_today=today,
            database_url=SecretStr(database.app_dsn),
            app_redis_url=SecretStr(valkey.url),
            secret_key=SecretStr(SECRET),
            **settings,
        )
    )
    try:
        yield Road(world=world, tenant_id=TenantId(UUID(tenant.tenant_id)))
    finally:
        world.close()
