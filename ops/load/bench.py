"""What every measurement needs: the stack, the model it talks to, and how much time there is."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from ops.load.api_client import ApiClient, Response
from ops.load.figure import Figure
from ops.load.model_process import Calls, ModelProcess
from ops.load.questions import DECISIONS, QUESTIONS, Road
from ops.load.stack_process import StackUnderTest

#: What is left after the last answer is remembering it, some milliseconds each.
QUIET_SECONDS = 60.0


class MeasurementFailed(Exception):
    """The stack did not do what was to be measured."""


@dataclass(frozen=True, slots=True)
class Bench:
    stack: StackUnderTest
    model: ModelProcess
    today: date
    #: Fewer repetitions, for a look within a minute.
    quick: bool

    def some(self, *, full: int, quick: int) -> int:
        """How often to repeat something."""
        return quick if self.quick else full

    def client(self) -> ApiClient:
        """A connection to the API, for the demo tenant."""
        published = self.stack.published
        return ApiClient(published.api_url, published.api_key)

    async def one_answer(self, road: Road, user_id: str) -> tuple[Response, Calls]:
        """An answer by this road from a model that takes no time, and the model calls it took."""
        self.model.behave(latency_ms=0, decision=DECISIONS[road])
        async with self.client() as client:
            response = await client.ask(user_id, QUESTIONS[road])
        if not is_answer(response):
            raise MeasurementFailed(f"a question by {road} got {response.status}: {response.body}")
        return response, self.model.calls()

    def ask_models(self, asked: bool) -> None:
        """Whether certain questions go to a model as well: nothing else can be told of its road."""
        published = self.stack.published
        with psycopg.connect(published.database_url) as connection:
            connection.execute(
                "SELECT set_config('app.tenant_id', %s, true)", [str(published.tenant_id)]
            )
            changed = connection.execute("UPDATE agents SET fast_path = %s", [not asked]).rowcount
        if not changed:
            raise MeasurementFailed("the demo tenant has no agent")

    def wait_until_quiet(self) -> None:
        """Until no task is left, of answering or of remembering."""
        deadline = time.monotonic() + QUIET_SECONDS
        with psycopg.connect(self.stack.published.database_url, autocommit=True) as connection:
            while time.monotonic() < deadline:
                row = connection.execute("SELECT count(*) FROM tasks").fetchone()
                if row == (0,):
                    return
                time.sleep(0.1)
        raise MeasurementFailed("the queue did not empty")


def is_answer(response: Response) -> bool:
    """Whether it is an answer from a tool's figures, told as the tool said them."""
    if response.status != 200:
        return False
    body: dict[str, Any] = response.body
    calls = body["tool_calls"]
    return bool(calls) and all(call["ok"] for call in calls) and bool(body["figures"])


#: A scenario measures, and tells its figures.
Figures = Sequence[Figure]
