"""`/v1` with OpenAI's own Python client: answers, streams, its exceptions, and no question asked twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from backend.api import watching
from backend.domain.events import EventKind
from backend.domain.turns import AgentPolicy
from backend.domain.usage import Usage
from backend.store import tenants
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.patience import until
from tests.services import MigratedDatabase

TEXT = "Foram R$ 10,00 em maio. Em junho, nada.\n- Sul: 1\n- Norte: 2"
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "vendas?"}]
BODY = {"model": "assistant", "user": "ana", "messages": ASKED}


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@contextmanager
def client(on: Stage, key: str | None = None, **values: Any) -> Iterator[OpenAI]:
    with (
        httpx.Client(trust_env=False, timeout=30) as wire,
        OpenAI(
            base_url=f"{on.door.url}/v1", api_key=key or on.a.chat, http_client=wire, **values
        ) as opened,
    ):
        yield opened


def test_an_answer_is_a_completion_with_our_own_books(on: Stage) -> None:
    used = Usage(
        llm_calls=1, input_tokens=70, cached_input_tokens=20, output_tokens=9, cost_nano=5_000
    )
    with client(on) as caller, on.worker.answer_soon(text=TEXT, call=used) as answered:
        answer = caller.chat.completions.create(model="assistant", user="ana", messages=ASKED)

    [choice] = answer.choices
    assert (choice.message.role, choice.message.content) == ("assistant", TEXT)
    assert (choice.finish_reason, answer.model) == ("stop", "assistant")
    assert answer.id == f"chatcmpl-{answered[0]}"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (70, 9)
    assert answer.usage.total_tokens == 79
    assert answer.usage.prompt_tokens_details is not None
    assert answer.usage.prompt_tokens_details.cached_tokens == 20
    [asked_at] = on.rows("SELECT asked_at FROM turns")[0]
    assert abs(answer.created - asked_at.timestamp()) < 60
    ours = (answer.model_extra or {})["sales_crew"]
    assert (ours["turn_id"], ours["model"]) == (str(answered[0]), "stage-1")


def test_a_stream_tells_only_what_is_final(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk cannot be taken back: text that is voided before the end is never sent."""
    monkeypatch.setattr(watching, "PING_SECONDS", 0.05)
    with client(on) as caller, ThreadPoolExecutor() as pool:
        reader = pool.submit(_read, caller)
        claim = on.worker.claim()
        begun, telling = on.worker.begin(claim)
        telling.emit(EventKind.ANSWER_DELTA, {"text": "Foram R$ 99,00"})
        telling.restart("checked")
        on.worker.finish(claim, begun, telling, text=TEXT)
        chunks = reader.result()

    assert chunks[0].choices[0].delta.role == "assistant"
    told = [chunk.choices[0].delta.content for chunk in chunks[1:-2]]
    assert len(told) == 4
    assert "".join(piece or "" for piece in told) == TEXT
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert {chunk.id for chunk in chunks} == {f"chatcmpl-{claim.turn_id}"}


def test_a_stream_opens_at_once_pings_and_ends_as_the_protocol_says(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PING_SECONDS", 0.05)
    with (
        on.door.client(on.a.chat) as caller,
        caller.stream("POST", "/v1/chat/completions", json={**BODY, "stream": True}) as stream,
    ):
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert '"role":"assistant"' in next(lines)
        while next(lines) != ": ping":
            continue
        on.worker.answer(text=TEXT)
        rest = [line for line in lines if line.startswith("data: ")]
    assert rest[-1] == "data: [DONE]"
    assert '"usage":{"prompt' not in "".join(rest)


def test_a_turn_that_fails_is_an_exception_and_is_not_asked_again(on: Stage) -> None:
    """The client tries a 5xx twice more unless it is told that this one is final."""
    with client(on) as caller, ThreadPoolExecutor() as pool:
        failing = pool.submit(on.worker.fail, "model_unavailable")
        with pytest.raises(openai.InternalServerError) as failed:
            caller.chat.completions.create(model="assistant", user="ana", messages=ASKED)
        assert (failed.value.status_code, failed.value.code) == (502, "model_unavailable")
        assert _body(failed.value)["turn_id"] == str(failing.result())
        assert on.turns() == 1
        assert [line["status"] for line in on.logs if line["event"] == "http.request_served"] == [
            502
        ]

        failing = pool.submit(on.worker.fail, "model_unavailable")
        with pytest.raises(openai.APIError, match="could not be reached") as cut:
            _read(caller)
        assert cut.value.code == "model_unavailable"
        assert on.turns() == 2


@pytest.mark.parametrize(
    ("change", "expected", "code", "param"),
    [
        ({"model": "gpt-4o"}, openai.NotFoundError, "model_not_found", None),
        ({"n": 2}, openai.BadRequestError, "invalid_request", "n"),
        ({"messages": []}, openai.BadRequestError, "invalid_request", "messages"),
        ({"messages": "oi"}, openai.BadRequestError, "invalid_request", "messages"),
        ({"user": "x" * 129}, openai.BadRequestError, "invalid_request", "user"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_is_wrong_raises_the_clients_own_exceptions(
    on: Stage,
    change: dict[str, Any],
    expected: type[openai.APIStatusError],
    code: str,
    param: str | None,
    stream: bool,
) -> None:
    with client(on) as caller, pytest.raises(expected) as refused:
        caller.post("/chat/completions", body={**BODY, "stream": stream, **change}, cast_to=object)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert on.turns() == 0


def test_keys_are_refused_as_openai_refuses_them(on: Stage) -> None:
    with client(on, "sc_wrong") as caller, pytest.raises(openai.AuthenticationError) as unknown:
        caller.models.list()
    assert unknown.value.code == "invalid_api_key"
    with client(on, on.a.operator) as caller, pytest.raises(openai.PermissionDeniedError):
        caller.chat.completions.create(model="assistant", user="ana", messages=ASKED)
    with client(on) as caller, pytest.raises(openai.NotFoundError) as nowhere:
        caller.embeddings.create(model="assistant", input="oi")
    assert nowhere.value.code == "not_found"


def test_models_are_the_tenants_own_agents(on: Stage) -> None:
    policy = AgentPolicy(name="só da B/1", sales_roles=frozenset())
    with on.worker.database.tenant(on.b.id) as conn:
        tenants.add_agent(conn, on.b.id, policy, is_default=False)
    with client(on) as caller:
        assert [model.id for model in caller.models.list()] == ["assistant"]
        with pytest.raises(openai.NotFoundError):
            caller.models.retrieve(policy.name)
    with client(on, on.b.chat) as caller:
        assert [model.id for model in caller.models.list()] == ["assistant", policy.name]
        assert caller.models.retrieve(policy.name).id == policy.name


def test_the_same_chat_of_two_people_is_two_conversations(on: Stage) -> None:
    """Whoever is not named is the key itself, and another key is another person."""
    later = [
        *ASKED,
        {"role": "assistant", "content": "10"},
        {"role": "user", "content": "e em maio?"},
    ]
    nameless = {"model": "assistant", "messages": ASKED}
    webui = {"X-OpenWebUI-User-Id": "rui", "X-OpenWebUI-Chat-Id": "chat-7"}
    with on.worker.answering():
        for key, body, headers in (
            (on.a.chat, BODY, {}),
            (on.a.chat, {**BODY, "messages": later}, {}),
            (on.a.chat, {**BODY, "user": "eva"}, {}),
            (on.a.chat, nameless, {}),
            (on.a.admin, nameless, {}),
            (on.a.chat, nameless, webui),
        ):
            with on.door.client(key) as caller:
                answer = caller.post("/v1/chat/completions", json=body, headers=headers)
                assert answer.status_code == 200

    rows = on.rows(
        "SELECT p.user_id, c.external_id, c.last_seq FROM conversations c "
        "JOIN persons p ON p.id = c.person_id ORDER BY c.created_at"
    )
    assert [turns for *_, turns in rows] == [2, 1, 1, 1, 1]
    people = [user for user, *_ in rows]
    assert people[:2] == ["ana", "eva"]
    assert people[4] == "rui"
    assert len({*people}) == 5
    assert all(user.startswith("key-") for user in people[2:4])
    assert rows[4][1] == "chat-7"


def test_a_client_that_heard_nothing_and_tries_again_asks_once(on: Stage) -> None:
    with on.door.client(on.a.chat) as caller:
        with pytest.raises(httpx.ReadTimeout):
            caller.post("/v1/chat/completions", json=BODY, timeout=0.5)
        until(lambda: on.turns() == 1)
        [[first]] = on.rows("SELECT id FROM turns")
        again = {"x-stainless-retry-count": "1"}
        with on.worker.answer_soon(text=TEXT):
            retried = caller.post("/v1/chat/completions", json=BODY, headers=again)
        assert retried.json()["id"] == f"chatcmpl-{first}"
        streamed = caller.post("/v1/chat/completions", json={**BODY, "stream": True}, headers=again)
        assert f"chatcmpl-{first}" in streamed.text
        assert on.turns() == 1
        # Another person's retry is no repetition of this one, and a first try is a new question.
        with on.worker.answering():
            caller.post("/v1/chat/completions", json={**BODY, "user": "eva"}, headers=again)
            caller.post("/v1/chat/completions", json=BODY)
        assert on.turns() == 3


def test_an_idempotency_key_gives_the_same_completion(on: Stage) -> None:
    with client(on) as caller, on.worker.answering():
        key = {"Idempotency-Key": "once"}
        first, second = (
            caller.chat.completions.create(
                model="assistant", user="ana", messages=ASKED, extra_headers=key
            )
            for _ in range(2)
        )
        assert first == second
        with pytest.raises(openai.ConflictError):
            caller.with_options(max_retries=0).chat.completions.create(
                model="assistant", user="eva", messages=ASKED, extra_headers=key
            )
    assert on.turns() == 1


def test_a_client_that_leaves_loses_nothing(on: Stage) -> None:
    with (
        on.door.client(on.a.chat) as caller,
        caller.stream("POST", "/v1/chat/completions", json={**BODY, "stream": True}) as stream,
    ):
        assert '"role":"assistant"' in next(stream.iter_lines())
    turn_id = on.worker.answer(text=TEXT)
    until(lambda: on.door.door.waiting.waited_for == 0)
    with on.door.client(on.a.chat) as caller:
        assert caller.get(f"/turns/{turn_id}").json()["response"] == TEXT


def test_an_answer_that_is_late_says_so_and_is_had_by_asking_again(
    database: MigratedDatabase, valkey: ValkeyUrl
) -> None:
    with (
        stage(database, valkey, turn_deadline_seconds=0.2) as on,
        on.door.client(on.a.chat) as caller,
    ):
        key = {"Idempotency-Key": "late"}
        late = caller.post("/v1/chat/completions", json=BODY, headers=key)
        assert (late.status_code, late.json()["error"]["code"]) == (504, "answer_late")
        turn_id = on.worker.answer(text=TEXT)
        there = caller.post("/v1/chat/completions", json=BODY, headers=key)
        assert UUID(there.json()["id"].removeprefix("chatcmpl-")) == turn_id


def _read(caller: OpenAI) -> list[ChatCompletionChunk]:
    chunks = caller.chat.completions.create(
        model="assistant",
        user="ana",
        messages=ASKED,
        stream=True,
        stream_options={"include_usage": True},
    )
    return list(chunks)


def _body(error: openai.APIStatusError) -> dict[str, Any]:
    assert isinstance(error.body, dict)
    return error.body
