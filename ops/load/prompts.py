"""What a model is made to read: against a bare loop's prompt, and however long the history."""

import asyncio
from uuid import UUID

from backend.domain.identity import TenantId
from backend.store.database import Database
from ops.load.bare_prompt import bare_messages, tokens
from ops.load.bench import Bench, Figures
from ops.load.figure import Figure
from ops.load.history import give_history
from ops.load.questions import QUESTIONS, Road

MOST_ADDED_TOKENS = 60.0
#: Dates and scores of recalled lines vary in length by a few characters.
MOST_GROWTH = 1.05
#: The tasks of crews/sales_assistant/config/tasks.yaml behind the calls of each road, in order.
CALLS: dict[Road, tuple[str, ...]] = {
    "rules": ("analyse", "analyse"),
    "model": ("route", "analyse", "analyse"),
}


def measure(bench: Bench) -> Figures:
    short, long = 10, bench.some(full=1_000, quick=100)
    _seed(bench, {"history-short": short, "history-long": long})
    return [_overhead(bench), *_growth(bench, short, long)]


def _overhead(bench: Bench) -> Figure:
    """The call with the most beyond a bare prompt, for a person with memory on both roads."""
    added: dict[str, float] = {}
    for road, tasks in CALLS.items():
        response, calls = asyncio.run(bench.one_answer(road, "history-short"))
        for number, (task, body) in enumerate(zip(tasks, calls.bodies, strict=True), start=1):
            tools = body.get("tools", [])
            bare = bare_messages(
                body,
                task=task,
                question=QUESTIONS[road],
                today=bench.today,
                memory=response.body["memory"],
            )
            ours = tokens(body["messages"], tools)
            added[f"{road}, call {number} ({task}, {ours:.0f} tokens)"] = ours - tokens(bare, tools)
    return Figure(
        name="prompt.added_tokens",
        value=max(added.values()),
        unit="tokens a call",
        bound=MOST_ADDED_TOKENS,
        measured="beyond a bare SDK loop with the same instructions, memory and tools: "
        + "; ".join(f"{call} {value:+.0f}" for call, value in added.items()),
    )


def _growth(bench: Bench, short: int, long: int) -> Figures:
    sizes: dict[str, float] = {}
    for user in ("history-short", "history-long"):
        _, calls = asyncio.run(bench.one_answer("rules", user))
        sizes[user] = tokens(calls.bodies[0]["messages"], calls.bodies[0].get("tools", []))
    return [
        Figure(
            name="prompt.growth_with_history",
            value=sizes["history-long"] / sizes["history-short"],
            unit="times",
            bound=MOST_GROWTH,
            measured=f"first call {sizes['history-short']:.0f} tokens with {short} turns of "
            f"history, {sizes['history-long']:.0f} with {long}",
        )
    ]


def _seed(bench: Bench, turns_of: dict[str, int]) -> None:
    database = Database(bench.stack.logins.app_dsn, size=1, name="bench")
    database.start()
    try:
        for user, turns in turns_of.items():
            tenant_id = TenantId(UUID(bench.stack.published.tenant_id))
            give_history(database, tenant_id, user, turns)
    finally:
        database.close()
