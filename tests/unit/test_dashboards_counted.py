"""What dashboards show is counted where it happens, under labels whose values are few."""

import time
from datetime import date
from typing import Any

import pytest
from prometheus_client import REGISTRY

from backend.answering.report import count_tools
from backend.domain.chat import ChatReply, ChatRequest, Purpose, Subject
from backend.domain.errors import ModelUnavailable
from backend.domain.identity import PersonId, TenantId, TurnId, new_id
from backend.domain.language import Language
from backend.domain.ports import OnText
from backend.domain.trace import ToolCall, ToolOutcome
from backend.domain.usage import Usage
from backend.llm import retries
from backend.llm.metered import MeteredModel
from backend.llm.retries import Listener, call_with_retries
from backend.store import llm_calls
from backend.store.llm_calls import Payer

MODEL = {"gen_ai_provider_name": "counted", "gen_ai_request_model": "m"}
ASKED = ChatRequest(
    purpose=Purpose.ANSWER,
    messages=(),
    subject=Subject(question="?", language=Language.PORTUGUESE, today=date(2026, 11, 24)),
    deadline=time.monotonic() + 60,
)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Busy(Exception):
    """As an SDK raises it."""

    status_code = 503


class Model:
    """Answers in two pieces, or fails."""

    name = "m"
    provider = "counted"

    def __init__(self, error: Exception | None, usage: Usage) -> None:
        self._error = error
        self._usage = usage

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        if self._error is not None:
            raise self._error
        for piece in ("Sim", "."):
            if on_text is not None:
                on_text(piece)
        return ChatReply(text="Sim.", finish_reason="stop", model="m", usage=self._usage)


@pytest.fixture(autouse=True)
def _books_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm_calls, "open_call", lambda *_, **__: new_id())
    monkeypatch.setattr(llm_calls, "settle", lambda *_: None)


def asked(model: Model, on_text: OnText | None = None) -> ChatReply:
    payer = Payer(
        tenant_id=TenantId(new_id()),
        turn_id=TurnId(new_id()),
        person_id=PersonId(new_id()),
        attempt=1,
    )
    nowhere: Any = None
    return MeteredModel(model=model, database=nowhere, payer=payer).complete(ASKED, on_text)


def test_a_calls_tokens_cost_and_first_text_are_measured_once() -> None:
    usage = Usage(
        llm_calls=1, input_tokens=100, cached_input_tokens=40, output_tokens=7, cost_nano=5_000_000
    )
    heard: list[str] = []
    names = {
        "first": "gen_ai_client_operation_time_to_first_chunk_seconds_count",
        "cached": "sales_llm_cached_input_tokens_total",
        "cost": "sales_llm_cost_usd_total",
    }
    before = {name: value(series, **MODEL) for name, series in names.items()}
    asked(Model(None, usage), heard.append)
    grown = {name: value(series, **MODEL) - before[name] for name, series in names.items()}
    assert grown == {"first": 1, "cached": 40, "cost": pytest.approx(0.005)}
    assert heard == ["Sim", "."]
    asked(Model(None, usage))
    assert value(names["first"], **MODEL) - before["first"] == 1


def test_an_unpriced_answer_is_told_from_a_call_that_failed() -> None:
    unpriced = Usage(llm_calls=1, priced=False)
    answered = value("sales_llm_unpriced_total", error_type="")
    failed = value("sales_llm_unpriced_total", error_type="model_unavailable")
    asked(Model(None, unpriced))
    with pytest.raises(ModelUnavailable):
        asked(Model(ModelUnavailable(), unpriced))
    assert value("sales_llm_unpriced_total", error_type="") == answered + 1
    assert value("sales_llm_unpriced_total", error_type="model_unavailable") == failed + 1


def test_an_attempt_that_another_follows_is_counted_and_the_last_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.0)
    labels = {"gen_ai_request_model": "retried", "error_type": "model_unavailable"}

    def away(_: Listener) -> ChatReply:
        raise Busy

    with pytest.raises(ModelUnavailable):
        call_with_retries(
            away, on_text=None, deadline=time.monotonic() + 60, cap_seconds=10, model="retried"
        )
    assert value("sales_llm_retries_total", **labels) == retries.MAX_ATTEMPTS - 1


def test_a_tools_name_that_a_model_made_up_becomes_no_label() -> None:
    def call(name: str, error: str | None) -> ToolCall:
        outcome = ToolOutcome(content="{}", ok=error is None, error=error)
        return ToolCall(name=name, arguments={}, outcome=outcome, started_ms=0, time_ms=1)

    series = "gen_ai_execute_tool_duration_seconds_count"
    count_tools([call("counted_tool", None), call("made_up_7f3a", "unknown_tool")])
    assert value(series, gen_ai_tool_name="counted_tool", error_type="") == 1
    assert value(series, gen_ai_tool_name="other", error_type="unknown_tool") >= 1
    assert value(series, gen_ai_tool_name="made_up_7f3a", error_type="unknown_tool") == 0


def test_what_an_alert_waits_for_is_there_from_the_start() -> None:
    """A series that begins at one has not grown: its first failure would raise no alert."""
    for series, labels in (
        ("sales_turns_total", {"channel": "", "decision": "", "outcome": "failed"}),
        ("sales_llm_unpriced_total", {"error_type": ""}),
        ("sales_tasks_done_total", {"kind": "remember", "outcome": "failed"}),
        ("sales_tasks_swept_total", {"action": "expired"}),
        ("sales_tasks_swept_total", {"action": "exhausted"}),
    ):
        assert REGISTRY.get_sample_value(series, labels) is not None
