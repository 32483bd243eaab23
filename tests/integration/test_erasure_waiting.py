"""Whoever waits for a turn whose asker is erased is told so, with Redis or without."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import cast

import httpx
import pytest

from backend.answering.world import World
from backend.jobs.erase_person import erase_person
from backend.live.silenced_turns import SilencedTurns
from backend.store import erasures, tasks
from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.api_stage import Stage, events_of, stage
from tests.integration.patience import until


class Deaf(SilencedTurns):
    """What it announces is lost on its way."""

    def announce(self, *_: object) -> None:
        """Nobody hears it."""


@pytest.fixture(scope="module")
def on(module_database: MigratedDatabase, _valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(module_database, _valkey) as on:
        yield on


def erase(on: Stage, user: str, kind: type[SilencedTurns] = SilencedTurns) -> None:
    """As a worker does, beside whoever works on the person's turns."""
    database = on.worker.database
    erasures.begin(database, on.a.id, user, b"digest")
    work = None
    while work is None or work.kind != "erase":
        work = tasks.claim(database, "interactive")
    silenced = kind(on.redis_url)
    world = SimpleNamespace(database=database, silenced=silenced, aside=nullcontext)
    erase_person(cast("World", world), work)
    silenced.close()


@contextmanager
def asking(on: Stage, user: str) -> Iterator[list[httpx.Response]]:
    """A question whose caller waits, and that a worker is in the middle of."""
    answers: list[httpx.Response] = []

    def ask() -> None:
        with on.door.client(on.a.chat) as client:
            answers.append(client.post("/chat", json={"user_id": user, "message": "oi"}))

    caller = threading.Thread(target=ask)
    caller.start()
    claim = on.worker.claim()
    on.worker.begin(claim)
    yield answers
    caller.join()


def test_a_caller_who_waits_is_told_at_once(on: Stage) -> None:
    with asking(on, "ana") as answers:
        erase(on, "ana")
    body = answers[0].json()
    assert (answers[0].status_code, body["code"]) == (410, "person_erased")
    assert body["turn_id"]


def test_a_caller_who_waits_hears_it_from_the_rows_when_redis_lost_it(on: Stage) -> None:
    with asking(on, "bia") as answers:
        # The door has seen that the turn is stored: it asks once a second.
        stored = on.door.door.waiting._stored
        until(lambda: bool(stored))
        erase(on, "bia", Deaf)
    assert (answers[0].status_code, answers[0].json()["code"]) == (410, "person_erased")


@pytest.mark.parametrize("kind", [SilencedTurns, Deaf])
def test_a_reader_of_events_is_told_as_the_last_of_them(
    on: Stage, kind: type[SilencedTurns]
) -> None:
    turn_id = on.ask(user_id="carla")
    on.worker.begin(on.worker.claim())
    with (
        on.door.client(on.a.chat) as client,
        client.stream("GET", f"/turns/{turn_id}/events") as answer,
    ):
        events = events_of(answer.iter_lines())
        assert next(events)[1] == "turn.started"
        until(lambda: bool(on.door.door.waiting._stored))
        erase(on, "carla", kind)
        rest = list(events)
    assert [event for _, event, _ in rest] == ["turn.failed"]
    assert json.loads(rest[0][2])["error"]["code"] == "person_erased"


def test_afterwards_there_is_no_such_turn(on: Stage) -> None:
    turn_id = on.ask(user_id="dora")
    erase(on, "dora")
    with on.door.client(on.a.chat) as client:
        for path in (f"/turns/{turn_id}", f"/turns/{turn_id}/events"):
            assert client.get(path).status_code == 404
