"""Erase a person: a word that only they ever said is nowhere afterwards, and their costs still are."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.domain.chat import Purpose
from backend.domain.identity import PersonId, TurnId
from backend.domain.usage import Usage
from backend.store import llm_calls
from backend.store.llm_calls import Settlement
from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import Figures, figures_stage
from tests.integration.patience import until
from tests.integration.planted import in_postgres, in_redis

#: A word that nobody says by chance; its stem is itself.
TOKEN = "zyxqwv7731"


@pytest.fixture(scope="module")
def on(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    folder = tmp_path_factory.mktemp("erase")
    # The encoder is loaded with the first question.
    with figures_stage(module_database, _valkey, folder, chat_wait_seconds=60) as stage:
        yield stage


def say(on: Figures, user: str, message: str, **given: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {on.on.a.chat}", **given.pop("headers", {})}
    body = {"user_id": user, "message": message, **given}
    return httpx.post(f"{on.on.door.url}/chat", json=body, headers=headers, timeout=60)


def erase(on: Figures, user: str, *, key: str | None = None) -> httpx.Response:
    with on.on.door.client(key or on.on.a.admin) as client:
        return client.delete(f"/users/{user}")


def export(on: Figures, user: str) -> list[dict[str, Any]]:
    answer = on.get(f"/users/{user}/export", key=on.on.a.admin)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def everywhere(on: Figures, database: MigratedDatabase, token: str) -> set[str]:
    return in_postgres(database.superuser_dsn, token) | in_redis(on.on.redis_url, token)


def plant(on: Figures, user: str, token: str) -> None:
    """Let the word come in by every way there is."""
    said = say(
        on,
        user,
        f"meu projeto se chama {token}",
        conversation_id=f"talk {token}",
        metadata={"note": token},
        headers={"Idempotency-Key": f"key-{token}"},
    )
    assert said.status_code == 200, said.text
    with on.on.door.client(on.on.a.admin) as client:
        client.put(
            f"/users/{user}", json={"role": "seller", "name": token, "attributes": {"city": token}}
        )
    line = {
        "user_id": user,
        "conversation_id": f"old {token}",
        "role": "user",
        "text": f"o {token} de sempre",
        "at": "2026-03-02T09:00:00Z",
        "external_id": f"id {token}",
    }
    httpx.post(
        f"{on.on.door.url}/conversations/import",
        content=json.dumps(line).encode(),
        headers={"Authorization": f"Bearer {on.on.a.admin}"},
        timeout=60,
    )
    until(lambda: len(on.on.rows("SELECT FROM memories WHERE text ~ %s", token)) >= 2)
    # What they told of themselves is learnt in a task of its own.
    until(lambda: len(on.on.rows("SELECT FROM facts WHERE text ~ %s", token)) == 1)


def test_a_planted_word_is_found_before_and_nowhere_after(
    on: Figures, module_database: MigratedDatabase
) -> None:
    user = f"user-{TOKEN}"
    plant(on, user, TOKEN)
    before = everywhere(on, module_database, TOKEN)
    assert {"persons", "identities", "conversations", "turns", "messages", "memories"} <= before
    assert {"idempotency_keys", "facts"} <= before
    assert any(key.endswith(":events") for key in before)

    answer = erase(on, user)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["user_id"] == user
    assert receipt["status"] == "done"
    assert receipt["erased_at"]
    counted = {
        "facts": 1,
        "turns": 1,
        "messages": 2,
        "persons": 1,
        "identities": 1,
        "conversations": 2,
    }
    assert counted.items() <= receipt["stores"].items()
    assert receipt["stores"]["memories"] >= 2
    assert receipt["stores"]["memory_terms"] > 0
    assert receipt["stores"]["events"] == 1

    assert everywhere(on, module_database, TOKEN) == set()


def test_nothing_is_left_that_names_the_person(
    on: Figures, module_database: MigratedDatabase
) -> None:
    say(on, "nora", "oi")
    [person] = on.on.rows("SELECT id::text FROM persons WHERE user_id = 'nora'")
    assert erase(on, "nora").status_code == 200
    assert in_postgres(module_database.superuser_dsn, person[0]) == set()


def test_the_receipt_stays_and_names_nobody(on: Figures) -> None:
    say(on, "otto", "oi")
    receipt = erase(on, "otto").json()
    again = on.get(f"/erasures/{receipt['receipt_id']}", key=on.on.a.admin).json()
    assert again == {**receipt, "user_id": None}
    other = on.get(f"/erasures/{receipt['receipt_id']}", key=on.on.b.admin)
    assert other.status_code == 404


def test_whoever_is_erased_is_unknown_and_may_come_anew(on: Figures) -> None:
    first = say(on, "paul", "oi", headers={"Idempotency-Key": "paul-1"}).json()
    erase(on, "paul")
    assert erase(on, "paul").status_code == 404
    assert on.get(f"/turns/{first['turn_id']}", key=on.on.a.chat).status_code == 404
    assert on.get("/users/paul/memory?query=oi").status_code == 404
    assert on.get("/users/paul/export", key=on.on.a.admin).status_code == 404
    # Neither the conversation nor the key of before is known.
    again = say(on, "paul", "oi", headers={"Idempotency-Key": "paul-1"}).json()
    assert again["turn_id"] != first["turn_id"]
    assert again["memory"] == []


def test_only_administrators_erase_and_export_and_only_their_own(on: Figures) -> None:
    say(on, "quinn", "oi")
    for key in (on.on.a.chat, on.on.a.operator):
        assert erase(on, "quinn", key=key).status_code == 403
        assert on.get("/users/quinn/export", key=key).status_code == 403
    assert erase(on, "quinn", key=on.on.b.admin).status_code == 404
    assert on.get("/users/quinn/export", key=on.on.b.admin).status_code == 404
    assert export(on, "quinn")[-1]["rows"]["messages"] == 2


def test_one_persons_erasure_leaves_the_others(on: Figures) -> None:
    for user in ("rita", "saul"):
        say(on, user, "lembre do prazo de entrega")
    until(
        lambda: (
            len(
                on.on.rows(
                    "SELECT FROM memories m JOIN persons p ON p.id = m.person_id WHERE p.user_id = 'saul'"
                )
            )
            == 2
        )
    )
    before = export(on, "saul")
    erase(on, "rita")
    assert export(on, "saul")[1:] == before[1:]


def test_costs_stay_and_belong_to_nobody(on: Figures) -> None:
    usage = "/usage?group_by=user"
    say(on, "tina", "oi")
    [(turn_id, person_id)] = on.on.rows(
        "SELECT t.id, t.person_id FROM turns t JOIN persons p ON p.id = t.person_id"
        " WHERE p.user_id = 'tina'"
    )
    spend(on, turn_id, person_id, 40)
    before = on.get(usage).json()
    erase(on, "tina")
    after = on.get(usage).json()
    assert after["totals"] == before["totals"]
    keys = [row["key"] for row in after["rows"]]
    assert "tina" not in keys
    nobody = next(row for row in after["rows"] if row["key"] is None)
    assert nobody["input_tokens"] >= 40
    # What was erased is counted, and not listed: there is nothing to look at.
    listed = on.get("/turns?limit=100").json()
    assert all(turn["user_id"] for turn in listed["turns"])
    assert listed["total"] == after["totals"]["turns"] - nobody["turns"]


def spend(on: Figures, turn_id: UUID, person_id: UUID, tokens: int) -> None:
    payer = llm_calls.Payer(
        tenant_id=on.on.a.id, turn_id=TurnId(turn_id), person_id=PersonId(person_id), attempt=1
    )
    call = llm_calls.open_call(
        on.world.database, payer, purpose=Purpose.ANSWER, provider="stage", model="stage-1"
    )
    llm_calls.settle(on.world.database, payer, call, settlement(tokens))


def settlement(tokens: int) -> Settlement:
    usage = Usage(llm_calls=1, input_tokens=tokens, cost_nano=7 * tokens)
    return Settlement(
        model="stage-1", usage=usage, time_ms=3, finish_reason="stop", error_code=None
    )
