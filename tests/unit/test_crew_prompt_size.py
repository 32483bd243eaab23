"""What the frame around a prompt costs, in tokens of four bytes."""

import json

import pytest

from backend.domain.chat import Remembered
from backend.domain.turns import Decision
from tests.unit.crew_stage import (
    CREWAI_WARNS,
    QUERY,
    SERIES,
    Line,
    ScriptedModel,
    a_run,
    route,
    subject,
    wants,
)

# isort: split
from crews.sales_assistant.crew import answer
from crews.sales_assistant.run import CrewRun
from crews.sales_assistant.staff import inputs
from crews.sales_assistant.words import AGENTS, TASKS, fill

pytestmark = CREWAI_WARNS

#: What the frame may add to a call of a bare SDK loop that says the same.
MOST_TOKENS = 60

MEMORY = tuple(
    Remembered(
        role="user" if number % 2 == 0 else "assistant",
        text=f"Como foram as vendas da região {number}?",
        at="2026-11-23T10:00:00-03:00",
        source="recent",
    )
    for number in range(20)
)


@pytest.mark.parametrize("memory", [(), MEMORY], ids=["new", "known"])
@pytest.mark.parametrize(
    ("decision", "task"),
    [
        (Decision.DIRECT, "direct"),
        (Decision.HANDOFF, "handoff"),
        (Decision.SALES, "analyse"),
        (Decision.MARKET, "research"),
        (None, "route"),
    ],
)
def test_the_frame_is_small(
    decision: Decision | None, task: str, memory: tuple[Remembered, ...]
) -> None:
    first: dict[Decision | None, Line] = {
        Decision.SALES: wants(QUERY.name),
        Decision.MARKET: wants(SERIES.name),
        None: '{"decision": "direct", "confidence": 1, "reason": "", "answer": "ok"}',
    }
    model = ScriptedModel([first.get(decision, "ok"), "ok"])
    routed = route(decision) if decision else None
    run = a_run(model, route=routed, subject=subject(memory=memory))
    answer(run)
    # The calls after the first add the tool exchange alone.
    sent = [
        {"role": message.role, "content": message.text} for message in model.requests[0].messages
    ]
    assert (size(sent) - size(bare(run, task))) / 4 <= MOST_TOKENS


def bare(run: CrewRun, task: str) -> list[dict[str, str]]:
    """What a loop around an SDK would send: the same words, without fences."""
    words = TASKS[task]
    who = AGENTS[words.agent]
    given = {**inputs(run), "question": "", "memory": ""}
    instructions = [fill(words.description, given).strip(), fill(words.expected_output, given)]
    known = [f"{line.at} {line.role}: {line.text}" for line in run.subject.memory]
    asked = [run.subject.today.isoformat(), run.subject.question]
    return [
        {"role": "system", "content": " ".join([who.role, who.backstory, who.goal])},
        {"role": "user", "content": "\n".join([*instructions, *known, *asked])},
    ]


def size(messages: list[dict[str, str]]) -> int:
    """Bytes of the messages in a request's body."""
    return len(json.dumps(messages, ensure_ascii=False, separators=(",", ":")).encode())
