"""Ask the running stack a question over HTTP, as any channel would."""

import json
import shlex
import time
from typing import Any

import httpx

from ops.local.errors import AskFailed, NotRunning
from ops.local.stack_file import StackFile

# The person of the examples; the demo tenant knows them as a manager.
DEMO_USER = "123"
DEMO_QUESTION = "Quais foram as vendas do mês passado?"
# A model may think for the whole of a turn's deadline; then the answer is a failure, not silence.
PATIENCE_SECONDS = 180.0
POLL_SECONDS = 0.5


def ask(stack: StackFile, question: str, user_id: str = DEMO_USER) -> dict[str, Any]:
    """Return the body of the answer; raises NotRunning or AskFailed.

    A question that is still being answered when the call's wait is over is followed to its end.
    """
    if not question.strip():
        raise AskFailed('Ask something: make ask Q="Quais foram as vendas do mês passado?"')
    deadline = time.monotonic() + PATIENCE_SECONDS
    with httpx.Client(
        base_url=stack.api_url,
        headers={"Authorization": f"Bearer {stack.api_key}"},
        timeout=PATIENCE_SECONDS,
        trust_env=False,
    ) as client:
        try:
            body = _json(client.post("/chat", json={"user_id": user_id, "message": question}))
            while body.get("status") in ("queued", "running"):
                if time.monotonic() > deadline:
                    raise AskFailed(f"No answer within {PATIENCE_SECONDS:g} s.")
                time.sleep(POLL_SECONDS)
                body = _json(client.get(f"/turns/{body['turn_id']}"))
        except httpx.ConnectError as error:
            raise NotRunning(f"Nothing answers at {stack.api_url}; is the stack up?") from error
        except httpx.HTTPError as error:
            raise AskFailed(f"The question got no answer: {error}") from error
    if failure := body.get("error"):
        raise AskFailed(f"The turn failed: {failure.get('code')}: {failure.get('message')}")
    return body


def curl(stack: StackFile, question: str, user_id: str = DEMO_USER) -> str:
    """Return the shell command that asks the same."""
    body = json.dumps({"user_id": user_id, "message": question}, ensure_ascii=False)
    return (
        f"curl -s {stack.api_url}/chat "
        f"-H 'Authorization: Bearer {stack.api_key}' "
        f"-H 'Content-Type: application/json' -d {shlex.quote(body)}"
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and isinstance(body, dict):
        return body
    reason = body.get("detail") or body.get("title") if isinstance(body, dict) else None
    raise AskFailed(f"The API answered {response.status_code}: {reason or response.reason_phrase}")
