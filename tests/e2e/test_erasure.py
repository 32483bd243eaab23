"""Somebody is erased while a model is answering them: nothing is left in any store or log."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from psycopg.conninfo import make_conninfo

from tests.e2e.conftest import ModelStack
from tests.e2e.stack import Stack, until
from tests.integration.planted import in_postgres, in_redis

#: A word that only this person ever says.
TOKEN = "zyxqwv7745"
USER = f"user-{TOKEN}"
#: The erasure takes a moment of this.
THINKING_SECONDS = 6.0


@pytest.fixture
def admin(model_stack: ModelStack) -> Iterator[httpx.Client]:
    with model_stack.stack.client(model_stack.stack.published.admin_key) as client:
        yield client


def places(stack: Stack) -> set[str]:
    """Where the word is found: tables, keys, files."""
    published = stack.published
    owner = make_conninfo(published.database_url, options=f"-c app.tenant_id={published.tenant_id}")
    files = {path.name for path in stack.data.logs.iterdir() if TOKEN.encode() in path.read_bytes()}
    return in_postgres(owner, TOKEN) | in_redis(published.redis_url, TOKEN) | files


def lost(stack: Stack) -> bool:
    """Whether a worker has come too late with an answer."""
    text = httpx.get(stack.published.worker_metrics_url, trust_env=False).text
    return re.search(r'tasks_done_total\{kind="answer",outcome="lost"\} [1-9]', text) is not None


def ask(client: httpx.Client, marker: str) -> httpx.Response:
    message = f"Quanto vendemos no mês passado para {TOKEN}? [{marker}]"
    return client.post("/chat", json={"user_id": USER, "message": message})


def test_whoever_is_erased_while_they_are_answered_leaves_nothing_behind(
    model_stack: ModelStack, admin: httpx.Client
) -> None:
    stack, model = model_stack.stack, model_stack.model
    before = ask(admin, "before")
    assert before.is_success, before.text
    until(lambda: "worker.log" in places(stack), "the line of the answer")
    assert {"messages", "persons", "identities", "worker.log"} <= places(stack)

    model.seconds_of["held"] = THINKING_SECONDS
    answers: list[httpx.Response] = []
    caller = threading.Thread(target=lambda: answers.append(ask(admin, "held")))
    caller.start()
    until(lambda: model.asked["held"], "the model's call")
    receipt = admin.delete(f"/users/{USER}")
    caller.join()

    assert receipt.status_code == HTTPStatus.OK, receipt.text
    assert receipt.json()["stores"]["turns"] == 2
    assert answers[0].status_code == HTTPStatus.GONE
    assert answers[0].json()["code"] == "person_erased"
    # The worker comes with an answer that was paid for.
    until(lambda: lost(stack), "the end of the turn's attempt")
    until(lambda: not places(stack), "an empty place")
    assert places(stack) == set()
    # Both calls: that of the answer, and that of which nothing came, once it is settled.
    told = before.json()["usage"]["input_tokens"]
    assert told > 0
    until(lambda: of_nobody(admin)["input_tokens"] > told, "the late call in the sums")
    nobody = of_nobody(admin)
    assert nobody["turns"] == 2
    assert nobody["llm_calls"] >= 2


def of_nobody(admin: httpx.Client) -> dict[str, Any]:
    # The stack's "today" is pinned; the turns were asked on the clock's.
    today = datetime.now(UTC).date()
    days = {"from": f"{today - timedelta(days=1)}", "to": f"{today + timedelta(days=1)}"}
    rows = admin.get("/usage", params={"group_by": "user", **days}).json()["rows"]
    return next(row for row in rows if row["key"] is None)
