"""The same steps as the product's, in one thread: `python -m ops.load.inline_answer`.

Submit, claim and answer with the worker's own parts, but with no HTTP, no doorbell and no second
process. What the whole stack needs beyond this is what the door and the queue cost.
"""

import sys
import time

import msgspec
import structlog

from backend import settings
from backend.answering.answer_turn import answer_turn
from backend.answering.world import World
from backend.domain.identity import TenantId, TurnId, new_id
from backend.jobs.remember_turn import remember_turn
from backend.jobs.runtime import build_world
from backend.observe import logs
from backend.store import submissions, tasks
from backend.store.submissions import Submission
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)


class Order(msgspec.Struct):
    """One question to answer. `tenant_id` as in stack.json."""

    tenant_id: str
    user_id: str
    message: str


def main() -> None:
    """Answer each order of standard input, and log `inline.answered` with its milliseconds."""
    given = settings.load()
    logs.configure("json", "inline")
    world = build_world(given)
    log.info("inline.ready")
    for line in sys.stdin:
        began = time.perf_counter()
        follow_up = _answer(world, msgspec.json.decode(line, type=Order))
        log.info("inline.answered", ms=(time.perf_counter() - began) * 1000)
        if follow_up is not None:
            remember_turn(world.database, world.embedder, follow_up)
    world.database.close()


def _answer(world: World, order: Order) -> Claim | None:
    turn_id = TurnId(new_id())
    submissions.submit(
        world.database,
        Submission(
            tenant_id=TenantId(msgspec.convert(order.tenant_id, TenantId)),
            turn_id=turn_id,
            user_id=order.user_id,
            text=order.message,
            channel="web",
            trace_id=turn_id.hex,
            digest=turn_id.bytes,
        ),
    )
    claim = tasks.claim(world.database, "interactive")
    if claim is None or claim.turn_id != turn_id:
        raise RuntimeError("somebody else works on this database")
    return answer_turn(world, claim)


if __name__ == "__main__":
    main()
