"""A worker that claims, tells and records as a real one does; what it says is up to the test."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from backend.answering.telling import Telling
from backend.domain.chat import Purpose
from backend.domain.errors import public_message
from backend.domain.events import EventKind
from backend.domain.trace import Step, ToolCall, ToolOutcome
from backend.domain.usage import Usage, dollars
from backend.live.events import TurnEvents
from backend.store import llm_calls, tasks, turns
from backend.store.database import Database
from backend.store.tasks import Claim
from backend.store.turns import AnswerRecord, Begun
from tests.integration.patience import until

#: What no response of another tenant may ever hold.
CANARY = "canário-"


class Worker:
    def __init__(self, app_dsn: str, redis_url: str) -> None:
        self.database = Database(app_dsn, size=2, name="stage worker")
        self.events = TurnEvents(redis_url)
        self.follow_ups: list[Claim] = []

    def claim(self) -> Claim:
        """The next turn; waits for one."""
        found: list[Claim] = []

        def look() -> bool:
            claim = tasks.claim(self.database, "interactive")
            if claim is not None:
                found.append(claim)
            return bool(found)

        until(look)
        return found[0]

    def begin(self, claim: Claim, *, publish: bool = True) -> tuple[Begun, Telling]:
        begun = turns.begin(self.database, claim)
        assert begun is not None
        send = partial(self.events.publish, claim.turn_id) if publish else lambda _: None
        telling = Telling(claim.attempt, send)
        telling.emit(EventKind.TURN_STARTED, {"turn_id": str(claim.turn_id)})
        return begun, telling

    def answer(
        self,
        *,
        publish: bool = True,
        tool: bool = False,
        call: Usage | None = None,
        text: str | None = None,
    ) -> UUID:
        """Answer the next turn from its claim to its last event."""
        claim = self.claim()
        begun, telling = self.begin(claim, publish=publish)
        if call is not None:
            self.spend(claim, begun, call)
        self.finish(claim, begun, telling, tool=tool, text=text)
        return claim.turn_id

    def finish(
        self,
        claim: Claim,
        begun: Begun,
        telling: Telling,
        *,
        tool: bool = False,
        text: str | None = None,
    ) -> None:
        said = text if text is not None else f"{CANARY}{begun.asker.user_id}: {begun.question}"
        used = (_TOOL,) if tool else ()
        telling.emit(EventKind.ROUTE_DECIDED, _ROUTE)
        for number, each in enumerate(used):
            begin = {"tool_call": number, "name": each.name}
            telling.emit(EventKind.TOOL_CALLED, {**begin, "arguments": each.arguments})
            end = {"ok": True, "rows": 1, "error": None, "time_ms": each.time_ms}
            telling.emit(EventKind.TOOL_FINISHED, {**begin, **end})
        telling.text(said)
        closed = turns.record_answer(
            self.database,
            claim,
            AnswerRecord(
                text=said,
                body=partial(_body, claim, begun, said, used),
                query=None,
                model="stage-1",
                cached=False,
                time_ms=40,
                steps=(
                    Step(
                        kind="gather", name="memory", started_ms=0, time_ms=2, detail={"lines": 0}
                    ),
                ),
                tool_calls=used,
            ),
        )
        telling.emit(EventKind.TURN_ANSWERED, closed.body)
        assert closed.follow_up is not None
        self.follow_ups.append(closed.follow_up)

    def fail(self, error_code: str, *, publish: bool = True) -> UUID:
        claim = self.claim()
        _, telling = self.begin(claim, publish=publish)
        turns.record_failure(self.database, claim, error_code)
        error = {"code": error_code, "message": public_message(error_code)}
        telling.emit(EventKind.TURN_FAILED, {"turn_id": str(claim.turn_id), "error": error})
        return claim.turn_id

    def spend(self, claim: Claim, begun: Begun, usage: Usage) -> None:
        """A settled call to a model."""
        payer = llm_calls.Payer(
            tenant_id=claim.tenant_id,
            turn_id=claim.turn_id,
            person_id=begun.asker.person_id,
            attempt=claim.attempt,
        )
        call_id = llm_calls.open_call(
            self.database, payer, purpose=Purpose.ANSWER, provider="stage", model="stage-1"
        )
        end = llm_calls.Settlement(
            model="stage-1", usage=usage, time_ms=30, finish_reason="stop", error_code=None
        )
        llm_calls.settle(self.database, payer, call_id, end)

    @contextmanager
    def answering(self, **how: Any) -> Iterator[None]:
        """Answer everything, in a thread, until the block ends."""
        leaving = threading.Event()

        def work() -> None:
            while not leaving.is_set():
                claim = tasks.claim(self.database, "interactive")
                if claim is None:
                    time.sleep(0.005)
                    continue
                begun, telling = self.begin(claim, publish=how.get("publish", True))
                self.finish(claim, begun, telling, tool=how.get("tool", False))

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            leaving.set()
            thread.join()

    @contextmanager
    def answer_soon(self, **how: Any) -> Iterator[list[UUID]]:
        """Answer one turn in a thread, which the block's own request waits for."""
        answered: list[UUID] = []
        thread = threading.Thread(target=lambda: answered.append(self.answer(**how)))
        thread.start()
        yield answered
        thread.join()

    def close(self) -> None:
        self.events.close()
        self.database.close()


_ROUTE = {"decision": "direct", "by": "rules", "reason": "stage", "confidence": 1.0}
_TOOL = ToolCall(
    name="sales_query_metrics",
    arguments={"metrics": ["revenue"]},
    outcome=ToolOutcome(content='{"status": "ok"}', ok=True, rows=1, sql="SELECT 1"),
    started_ms=7,
    time_ms=3,
)


def _body(
    claim: Claim, begun: Begun, text: str, used: Sequence[ToolCall], usage: Usage
) -> Mapping[str, Any]:
    return {
        "response": text,
        "model": "stage-1",
        "tokens_used": usage.tokens_used,
        "context_size": 0,
        "memory": [],
        "turn_id": str(claim.turn_id),
        "conversation_id": str(begun.conversation_id),
        "language": "pt",
        "route": _ROUTE,
        "tool_calls": [
            {
                "name": each.name,
                "arguments": dict(each.arguments),
                "ok": each.outcome.ok,
                "rows": each.outcome.rows,
                "time_ms": each.time_ms,
                "sql": each.outcome.sql,
                "error": each.outcome.error,
            }
            for each in used
        ],
        "figures": [],
        "usage": {
            "llm_calls": usage.llm_calls,
            "input_tokens": usage.input_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_usd": dollars(usage.cost_nano),
            "priced": usage.priced,
        },
        "cached": False,
        "time_ms": 40,
        "understood": None,
        "cache": None,
        "charts": [],
    }
