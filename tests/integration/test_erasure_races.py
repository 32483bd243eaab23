"""Erasing somebody for whom somebody works: whatever the order, nothing is written afterwards."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backend.answering.world import World
from backend.domain.chat import Purpose
from backend.domain.errors import ClaimLost, StoreUnavailable
from backend.domain.events import EventKind, TurnEvent
from backend.domain.identity import new_id
from backend.domain.usage import Usage
from backend.jobs import erase_person as erasing
from backend.jobs.import_history import import_history
from backend.jobs.remember_turn import remember_turn
from backend.live.events import TurnEvents
from backend.live.silenced_turns import SilencedTurns
from backend.store import erasures, errands, imports, llm_calls, tasks, traces, turns
from backend.store.database import Database
from backend.store.errands import Errand
from backend.store.llm_calls import Payer, Settlement
from backend.store.tasks import Claim
from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.patience import until
from tests.integration.planted import in_postgres, in_redis
from tests.integration.stage import a_record, a_tenant, answer_next, ask, claim, opened

TOKEN = "zyxqwv7732"


class FixedEmbedder:
    model = "fixed"

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] + [0.0] * 511 for _ in texts]


class Scene:
    """One tenant, and an eraser that a test runs by hand."""

    def __init__(self, database: MigratedDatabase, valkey: ValkeyUrl, app: Database) -> None:
        self.place, self.redis_url, self.app = database, valkey.url, app
        with opened(database.owner_dsn) as owner:
            self.tenant_id = a_tenant(owner).id
        self.silenced = SilencedTurns(valkey.url)
        self.events = TurnEvents(valkey.url)

    def begin(self, user: str = "123") -> Claim:
        """Ask for the erasure and claim its task."""
        erasures.begin(self.app, self.tenant_id, user, b"digest")
        found: list[Claim] = []

        def look() -> bool:
            taken = tasks.claim(self.app, "interactive")
            if taken is not None and taken.kind == "erase":
                found.append(taken)
            return bool(found)

        until(look)
        return found[0]

    def erase(self, claimed: Claim) -> None:
        world = SimpleNamespace(
            database=self.app, silenced=self.silenced, aside=lambda: threading.Lock()
        )
        erasing.erase_person(cast("World", world), claimed)

    def left(self, token: str = TOKEN) -> set[str]:
        return in_postgres(self.place.superuser_dsn, token) | in_redis(self.redis_url, token)

    def payer(self, claimed: Claim, begun: turns.Begun) -> Payer:
        return Payer(
            tenant_id=self.tenant_id,
            turn_id=claimed.turn_id,
            person_id=begun.asker.person_id,
            attempt=claimed.attempt,
        )


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Scene]:
    with opened(database.app_dsn) as app:
        scene = Scene(database, valkey, app)
        yield scene
        scene.silenced.close()
        scene.events.close()


def running(on: Scene) -> tuple[Claim, turns.Begun]:
    """A turn that a worker is in the middle of."""
    ask(on.app, on.tenant_id, f"o que sabe de {TOKEN}?")
    claimed = claim(on.app)
    begun = turns.begin(on.app, claimed)
    assert begun is not None
    return claimed, begun


def test_a_running_turn_finds_its_rows_gone_and_writes_nothing(on: Scene) -> None:
    claimed, _ = running(on)
    ask(on.app, on.tenant_id, f"e de {TOKEN}?")  # waits behind it
    assert on.left()
    on.erase(on.begin())
    with pytest.raises(ClaimLost):
        turns.record_answer(on.app, claimed, a_record(TOKEN))
    with pytest.raises(ClaimLost):
        turns.record_attempt(on.app, claimed, (), ())
    with pytest.raises(ClaimLost):
        turns.record_failure(on.app, claimed, "internal")
    assert tasks.renew(on.app, [claimed]) == frozenset()
    assert on.left() == set()


def test_the_same_answer_would_be_written_without_the_erasure(on: Scene) -> None:
    claimed, _ = running(on)
    turns.record_answer(on.app, claimed, a_record(TOKEN))
    assert {"messages", "turns"} <= on.left()


def test_an_answer_that_is_being_recorded_comes_first_and_is_erased_after(
    on: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed, _ = running(on)
    erasure = on.begin()
    at_it, go_on = threading.Event(), threading.Event()

    def slowly(*_: Any) -> None:
        at_it.set()
        assert go_on.wait(20)

    monkeypatch.setattr(traces, "add", slowly)
    closed: list[turns.Closed] = []
    worker = threading.Thread(
        target=lambda: closed.append(turns.record_answer(on.app, claimed, a_record(TOKEN)))
    )
    worker.start()
    assert at_it.wait(20)
    eraser = threading.Thread(target=on.erase, args=(erasure,))
    eraser.start()
    until(lambda: waits(on))
    go_on.set()
    worker.join()
    eraser.join()
    assert closed
    assert on.left() == set()


def waits(on: Scene) -> bool:
    """Whether somebody stands before a lock."""
    with on.app.open() as conn:
        row = conn.execute(
            "SELECT FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchone()
    return row is not None


def test_what_a_worker_still_tells_is_not_kept(on: Scene) -> None:
    claimed, _ = running(on)
    event = TurnEvent(
        kind=EventKind.ANSWER_DELTA, attempt=1, seq=2, data={"text": f"sobre {TOKEN}"}
    )
    on.events.publish(claimed.turn_id, [event])
    assert in_redis(on.redis_url, TOKEN)
    on.erase(on.begin())
    on.events.publish(claimed.turn_id, [event])
    assert on.left() == set()


def test_what_is_to_be_remembered_is_not(on: Scene) -> None:
    ask(on.app, on.tenant_id, f"lembre de {TOKEN}")
    claimed = claim(on.app)
    turns.begin(on.app, claimed)
    follow_up = turns.record_answer(on.app, claimed, a_record()).follow_up
    assert follow_up is not None
    on.erase(on.begin())
    with pytest.raises(ClaimLost):
        remember_turn(on.app, FixedEmbedder(), follow_up)
    assert on.left() == set()


def test_a_paid_call_that_ends_after_the_erasure_is_still_counted(on: Scene) -> None:
    claimed, begun = running(on)
    payer = on.payer(claimed, begun)
    call = llm_calls.open_call(
        on.app, payer, purpose=Purpose.ANSWER, provider="stage", model="stage-1"
    )
    on.erase(on.begin())
    usage = Usage(llm_calls=1, input_tokens=11, output_tokens=5, cost_nano=900)
    llm_calls.settle(
        on.app,
        payer,
        call,
        Settlement(model="stage-1", usage=usage, time_ms=1, finish_reason="stop", error_code=None),
    )
    with on.app.tenant(on.tenant_id) as conn:
        rows = conn.execute(
            "SELECT person_id, status, llm_calls, unpriced_calls, input_tokens, cost_nano FROM turns"
        ).fetchall()
        ledger = conn.execute("SELECT count(*) AS calls FROM llm_calls").fetchall()
    assert rows == [
        {
            "person_id": None,
            "status": "cancelled",
            "llm_calls": 1,
            "unpriced_calls": 0,
            "input_tokens": 11,
            "cost_nano": 900,
        }
    ]
    assert ledger == [{"calls": 0}]


def test_no_call_is_begun_for_somebody_who_was_erased(on: Scene) -> None:
    claimed, begun = running(on)
    on.erase(on.begin())
    with pytest.raises(ClaimLost):
        llm_calls.open_call(
            on.app,
            on.payer(claimed, begun),
            purpose=Purpose.ANSWER,
            provider="stage",
            model="stage-1",
        )


def test_lines_that_wait_to_be_imported_are_taken_out_and_the_others_come_in(on: Scene) -> None:
    ask(on.app, on.tenant_id, "oi")
    answer_next(on.app)
    import_id = imports.begin(on.app, on.tenant_id)
    lines = [
        {
            "no": no,
            "user_id": user,
            "conversation_id": "old",
            "role": "user",
            "text": f"{TOKEN} {user}",
            "at": "2026-03-02T09:00:00+00:00",
        }
        for no, user in enumerate(["123", "456", "123"], start=1)
    ]
    imports.add_chunk(on.app, on.tenant_id, import_id, 0, lines)
    imports.received(on.app, on.tenant_id, import_id, lines=3, accepted=3, rejected=0)
    on.erase(on.begin())
    bulk = [taken for _ in range(3) if (taken := tasks.claim(on.app, "bulk")) is not None]
    work = next(taken for taken in bulk if taken.kind == "import")
    import_history(on.app, "fixed", work)
    with on.app.tenant(on.tenant_id) as conn:
        found = conn.execute("SELECT text FROM memories").fetchall()
        known = conn.execute("SELECT user_id FROM persons").fetchall()
    assert found == [{"text": f"{TOKEN} 456"}]
    assert known == [{"user_id": "456"}]


def test_whoever_asks_a_worker_about_them_is_told_that_nobody_is_called_so(on: Scene) -> None:
    ask(on.app, on.tenant_id, "oi")
    answer_next(on.app)
    errand_id = new_id()
    asked = {"user_id": "123", "query": TOKEN, "k": 3}
    errands.begin(on.app, on.tenant_id, errand_id, Errand(kind="recall", asked=asked))
    work = claim(on.app)
    on.erase(on.begin())
    # The worker that looked comes with what it found.
    errands.answer(on.app, work, {"items": [TOKEN]})
    assert on.left() == set()
    ended = errands.collect(on.app, on.tenant_id, errand_id)
    assert ended is not None
    assert ended.refusal is not None
    assert ended.refusal.code == "not_found"


def test_an_attempt_that_dies_in_the_middle_is_gone_on_with(
    on: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "TURNS_AT_ONCE", 2)
    for number in range(5):
        ask(on.app, on.tenant_id, f"{TOKEN} {number}")
        answer_next(on.app)
    first = on.begin()
    taken = 0
    take = erasures.take_turns

    def dies(*given: Any, **named: Any) -> None:
        nonlocal taken
        take(*given, **named)
        taken += 1
        if taken == 2:
            raise RuntimeError("killed")

    monkeypatch.setattr(erasures, "take_turns", dies)
    with pytest.raises(RuntimeError):
        on.erase(first)
    monkeypatch.setattr(erasures, "take_turns", take)
    assert on.left()
    tasks.retry(on.app, first, delay=timedelta(0), error_code="internal")
    second = claim(on.app)
    assert second.id == first.id
    on.erase(second)
    with pytest.raises(ClaimLost):
        # Its worker was not dead but slow.
        on.erase(first)
    assert on.left() == set()
    receipt = erasures.receipt(on.app, on.tenant_id, second.subject_id)
    assert receipt.status == "done"
    # What the first attempt had taken and kept is counted, what it lost is counted once.
    assert (receipt.stores["turns"], receipt.stores["messages"]) == (5, 10)


def test_with_redis_away_nothing_is_called_erased(on: Scene) -> None:
    claimed, _ = running(on)
    on.events.publish(
        claimed.turn_id, [TurnEvent(kind=EventKind.TURN_STARTED, attempt=1, seq=1, data={})]
    )
    work = on.begin()
    on.silenced, there = SilencedTurns("redis://127.0.0.1:1/0"), on.silenced
    with pytest.raises(StoreUnavailable):
        on.erase(work)
    assert erasures.receipt(on.app, on.tenant_id, work.subject_id).status == "open"
    on.silenced = there
    on.erase(work)
    assert erasures.receipt(on.app, on.tenant_id, work.subject_id).status == "done"
    assert on.left() == set()


def test_asking_twice_is_one_erasure(on: Scene) -> None:
    ask(on.app, on.tenant_id)
    first = erasures.begin(on.app, on.tenant_id, "123", b"digest")
    assert erasures.begin(on.app, on.tenant_id, "123", b"digest") == first


def test_one_that_cannot_be_done_says_so_and_may_be_asked_for_again(on: Scene) -> None:
    ask(on.app, on.tenant_id)
    work = on.begin()
    erasing.give_up(on.app, work, "internal")
    assert erasures.receipt(on.app, on.tenant_id, work.subject_id).status == "failed"
    again = on.begin()
    assert again.subject_id != work.subject_id
    on.erase(again)
    assert erasures.receipt(on.app, on.tenant_id, again.subject_id).status == "done"
    with on.app.tenant(on.tenant_id) as conn:
        named = conn.execute("SELECT user_id, person_id FROM erasures").fetchall()
    assert [(each["user_id"], each["person_id"]) for each in named] == [(None, None)] * 2


def test_turns_of_nobody_keep_their_quarter_of_an_hour_and_their_way(on: Scene) -> None:
    ask(on.app, on.tenant_id)
    turn_id = answer_next(on.app)
    on.erase(on.begin())
    with on.app.tenant(on.tenant_id) as conn:
        [row] = conn.execute(
            "SELECT id, asked_at, status, model, channel, trace_id, answer, time_ms FROM turns"
        ).fetchall()
    assert row["id"] != turn_id
    assert row["id"].version == 7
    assert (row["asked_at"].minute % 15, row["asked_at"].second) == (0, 0)
    assert (row["status"], row["model"], row["channel"]) == ("answered", "offline", "web")
    assert (row["trace_id"], row["answer"], row["time_ms"]) == ("", None, 5)
