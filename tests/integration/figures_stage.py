"""A door, and the real worker behind it: lanes, errands and answers, over clients' databases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from backend.answering.world import World
from backend.domain.errors import AttemptsExhausted
from backend.jobs.errand import Errands
from backend.jobs.held import HeldClaims
from backend.jobs.lanes import LaneWorker
from backend.jobs.runtime import build_world, handlers
from backend.jobs.sweeper import Sweeper
from backend.jobs.work import Workbench
from backend.live.doorbell import Doorbell
from backend.settings import Settings
from backend.store.seal import Seal
from backend.store.tasks import LANES
from tests.conftest import PostgresCluster, ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.three_engines import Relation, into_postgres, into_sqlite
from tests.services import MigratedDatabase

SECRET = "a secret of these tests, and of nobody else"
TODAY = date(2026, 11, 24)

#: What is sold, where, and when: small enough to add up by heart. Nobody sold in the West.
SALES = Relation(
    name="sold",
    columns={"day": "date", "region": "text", "amount": "numeric"},
    rows=[
        (date(2026, 9, 30), "North", 50),
        (date(2026, 10, 2), "North", 100),
        (date(2026, 10, 20), "South", 250.5),
        (date(2026, 10, 31), "South", 49.5),
        (date(2026, 11, 3), "North", 7),
    ],
)
MODEL = """\
name: shop
title: {en: the shop, pt: a loja, es: la tienda}
currency: USD
time_zone: America/Sao_Paulo
tables:
  sold:
    relation: sold
    columns: {day: date, region: text, amount: number}
metrics:
  revenue:
    table: sold
    sql: sum(amount)
    date: sold.day
    format: money
    owner: finance
    labels:
      pt: {singular: faturamento, plural: faturamentos, gender: m}
      en: {singular: revenue, plural: revenues}
      es: {singular: facturación, plural: facturaciones, gender: f}
    synonyms: {en: [takings]}
    definition: {en: What was invoiced., pt: O que foi faturado., es: Lo que se facturó.}
    certified: true
dimensions:
  region:
    table: sold
    column: region
    members: true
    labels:
      pt: {singular: região, plural: regiões, gender: f}
      en: {singular: region, plural: regions}
      es: {singular: región, plural: regiones, gender: f}
    synonyms: {}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`folder` is the one place where clients' files may lie."""

    on: Stage
    world: World
    folder: Path

    def body(self, name: str = "shop", /, **changes: Any) -> dict[str, Any]:
        """A data source over a SQLite file of its own, as `POST /data-sources` takes it."""
        file = self.folder / f"{name}.sqlite"
        if not file.exists():
            into_sqlite(file, [SALES])
        return {
            "name": name,
            "engine": "sqlite",
            "dsn": f"sqlite:///{file}",
            "model": MODEL,
            **changes,
        }

    def add(self, name: str = "shop", **changes: Any) -> dict[str, Any]:
        """The stored source of tenant A."""
        answer = self.post("/data-sources", self.body(name, **changes), key=self.on.a.admin)
        assert answer.status_code == 201, answer.text
        added: dict[str, Any] = answer.json()
        return added

    def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> httpx.Response:
        """As tenant A's operator, unless the key is another's."""
        with self.on.door.client(key or self.on.a.operator) as client:
            return client.post(path, json=dict(body))

    def get(self, path: str, *, key: str | None = None) -> httpx.Response:
        with self.on.door.client(key or self.on.a.operator) as client:
            return client.get(path)


@contextmanager
def figures_stage(
    database: MigratedDatabase, valkey: ValkeyUrl, folder: Path, **values: Any
) -> Iterator[Figures]:
    with (
        stage(database, valkey, secret_key=SECRET, **values) as on,
        _working(database, valkey, folder) as world,
    ):
        yield Figures(on=on, world=world, folder=folder)


@contextmanager
def shop_in_postgres(postgres: PostgresCluster) -> Iterator[tuple[str, str]]:
    """The shop in a database of its own: the DSNs of its owner, and of a login that only reads."""
    name = f"shop_{uuid4().hex[:12]}"
    owner, identifier = postgres.owner_dsn(name), sql.Identifier(name)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        conn.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(identifier, sql.Literal(name))
        )
        try:
            into_postgres(owner, [SALES])
            with psycopg.connect(owner) as shop:
                shop.execute(sql.SQL("GRANT SELECT ON sold TO {}").format(identifier))
            place = conninfo_to_dict(owner)
            address = f"{place['host']}:{place['port']}/{name}"
            yield owner, f"postgresql://{name}:{name}@{address}"
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
            conn.execute(sql.SQL("DROP ROLE {}").format(identifier))


@contextmanager
def _working(database: MigratedDatabase, valkey: ValkeyUrl, folder: Path) -> Iterator[World]:
    """What a worker process runs."""
    settings = Settings(
        _env_file=None,
        app_today=TODAY,
        database_url=SecretStr(database.app_dsn),
        app_redis_url=SecretStr(valkey.url),
        secret_key=SecretStr(SECRET),
        data_source_dirs=str(folder),
    )
    world = build_world(settings)
    errands = Errands(world, Seal(SECRET), settings.source_directories)
    held = HeldClaims(world.database)
    workbench = Workbench(
        world.database,
        held,
        handlers(world, errands),
        deadline_seconds=20,
    )
    lanes = [LaneWorker(valkey.url, lane, 4, workbench.work) for lane in LANES]
    doorbell = Doorbell(valkey.url)
    sweeper = Sweeper(
        world.database, doorbell, lambda claim: workbench.close(claim, AttemptsExhausted.code)
    )
    held.start()
    sweeper.start()
    for lane in lanes:
        lane.start()
    try:
        yield world
    finally:
        sweeper.stop()
        for lane in lanes:
            lane.drain(10)
        held.stop()
        doorbell.close()
        world.close()
