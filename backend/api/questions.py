"""A question's way in, for HTTP and sockets alike: one commit, then one ring."""

import hashlib
import re

import msgspec

from backend.api.door import Door
from backend.api.schemas import ChatBody
from backend.domain.errors import InvalidRequest
from backend.domain.identity import Caller, TurnId, new_id
from backend.observe import tracing
from backend.store import submissions
from backend.store.submissions import Accepted, Submission

#: Visible ASCII, as a header can carry it.
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)


def submission_of(
    body: ChatBody,
    caller: Caller,
    *,
    trace_id: str,
    idempotency_key: str | None,
    watched: bool,
) -> Submission:
    """The question as it is stored, under a new turn's id. Raises InvalidRequest.

    `watched` says that somebody reads the answer while it is written.
    """
    if idempotency_key is not None and _IDEMPOTENCY_KEY.fullmatch(idempotency_key) is None:
        raise InvalidRequest("`Idempotency-Key` should be 1 to 255 visible ASCII characters")
    return Submission(
        tenant_id=caller.tenant_id,
        turn_id=TurnId(new_id()),
        user_id=body.user_id,
        text=body.message.strip(),
        channel=body.channel,
        trace_id=trace_id,
        digest=_digest(body),
        streamed=watched,
        conversation=body.conversation_id,
        agent=body.agent,
        data_source=body.data_source,
        metadata=body.metadata,
        idempotency_key=idempotency_key,
        traceparent=tracing.traceparent(),
    )


async def submit(door: Door, submission: Submission) -> Accepted:
    """Store the question and ring for a worker.

    Raises IdempotencyConflict, InvalidRequest, StoreUnavailable.
    """
    return await door.calls.run(_submit, door, submission)


def _submit(door: Door, submission: Submission) -> Accepted:
    accepted = submissions.submit(door.database, submission)
    if accepted.ready:
        door.doorbell.ring(submission.lane, rung_by="api")
    return accepted


def _digest(body: ChatBody) -> bytes:
    """What two requests share that mean the same: order and defaults do not matter."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).digest()
