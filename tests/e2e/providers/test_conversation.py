"""The same conversation with a tool on every provider, plain and streamed: through API, queue and
worker it has the same turns, and the same place in the books.
"""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from backend.llm.model_config import Provider
from tests.e2e.providers.books import assert_on_the_books, ledger, stored
from tests.e2e.providers.script import (
    OCTOBER,
    SALES,
    SEPTEMBER,
    THANKS,
    TOOL,
    VAGUE,
    arguments,
    calls,
    decides,
    says,
)
from tests.e2e.providers.stack import ProviderStack
from tests.e2e.providers.talk import Ask, waiting
from tests.e2e.providers.ways import every_way
from tests.wire.garbage import GarbageServer
from tests.wire.llmock_server import Wire
from tests.wire.stage import MODELS

OPENAI_URL = "https://api.openai.com/v1"

pytestmark = pytest.mark.e2e


@every_way
def test_a_conversation_is_the_same_whoever_answers(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october, september = stack.revenue(*OCTOBER), stack.revenue(*SEPTEMBER)
    answers = (
        f"No mês passado as vendas foram de {october}.",
        f"Vai: em setembro vendemos {september}.\nQuer ver por região?",
        "De nada! Bom trabalho 🙂",
    )
    wire.script(
        [
            *(calls(OCTOBER), says(answers[0])),
            *(decides("sales"), calls(SEPTEMBER), says(answers[1])),
            decides("direct", answers[2]),
        ]
    )

    told = [ask(stack, user, question) for question in (SALES, VAGUE, THANKS)]

    by_model = {"by": "model", "reason": "por palavras", "confidence": 0.9}
    rules = "every word was understood, and asks for sales_query_metrics"
    assert [_essence(each.body) for each in told] == [
        {
            "response": answers[0],
            "route": {"decision": "sales", "by": "rules", "reason": rules, "confidence": 0.97},
            "tools": [(TOOL, arguments(OCTOBER), True, 1)],
            "figures": [(october, "revenue", "2026-10-01", "2026-10-31", 0)],
            "memory": [],
            "llm_calls": 2,
        },
        {
            "response": answers[1],
            "route": {"decision": "sales", **by_model},
            "tools": [(TOOL, arguments(SEPTEMBER), True, 1)],
            "figures": [(september, "revenue", "2026-09-01", "2026-09-30", 0)],
            "memory": [("user", SALES), ("assistant", answers[0])],
            "llm_calls": 3,
        },
        {
            "response": answers[2],
            "route": {"decision": "direct", **by_model},
            "tools": [],
            "figures": [],
            "memory": [
                *(("user", SALES), ("assistant", answers[0])),
                *(("user", VAGUE), ("assistant", answers[1])),
            ],
            "llm_calls": 1,
        },
    ]
    assert len({each.body["conversation_id"] for each in told}) == 1
    for each in told:
        assert each.body["model"] == MODELS[provider]
        assert each.body["language"] == "pt"
        assert each.body == stored(stack, each)
    # A router's JSON is for nobody's eyes, so it is never streamed.
    is_watched = ask is not waiting
    assert [call["stream"] for call in wire.requests()] == [
        *([is_watched] * 2),
        *(False, is_watched, is_watched),
        False,
    ]
    if is_watched:
        tool = ["tool.called", "tool.finished"]
        end = ["answer.delta", "turn.answered"]
        assert [each.kinds for each in told] == [
            ["turn.started", "route.decided", *tool, *end],
            ["turn.started", "route.decided", *tool, *end],
            ["turn.started", "route.decided", *end],
        ]
        assert [each.heard for each in told] == list(answers)
    assert [[call["purpose"] for call in ledger(stack, each)] for each in told] == [
        ["analyse", "analyse"],
        ["route", "analyse", "analyse"],
        ["route"],
    ]
    assert_on_the_books(stack, provider, wire, user, told)
    assert stack.strangers.connections == 0


def test_a_program_that_calls_beyond_this_machine_is_noticed(stack: ProviderStack) -> None:
    """What the conversations rely on when they say that nobody did."""
    with GarbageServer() as strangers:
        worker = replace(stack, strangers=strangers).program("worker", {})
        done = subprocess.run(
            (sys.executable, "-c", f"import httpx; httpx.get('{OPENAI_URL}')"),
            env=worker.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        assert strangers.connections == 1


def _essence(body: Any) -> dict[str, Any]:
    """What must not depend on who answered, or on how one listened."""
    return {
        "response": body["response"],
        "route": body["route"],
        "tools": [
            (call["name"], call["arguments"], call["ok"], call["rows"])
            for call in body["tool_calls"]
        ],
        "figures": [
            tuple(figure[name] for name in ("text", "metric", "from", "to", "tool_call"))
            for figure in body["figures"]
        ],
        "memory": [(line["role"], line["text"]) for line in body["memory"]],
        "llm_calls": body["usage"]["llm_calls"],
    }
