"""Ask the running stack a question over HTTP, as any channel would."""

import json
import shlex
import time
from http.client import HTTPException
from typing import Any

from ops.local import http_json
from ops.local.errors import AskFailed, NotRunning
from ops.local.stack_file import StackFile

# The person of the examples.
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
        raise AskFailed(f'Ask something: make ask Q="{DEMO_QUESTION}"')
    deadline = time.monotonic() + PATIENCE_SECONDS
    answer = _call(stack, "/chat", {"user_id": user_id, "message": question})
    while answer.get("status") in ("queued", "running"):
        if time.monotonic() > deadline:
            raise AskFailed(f"No answer within {PATIENCE_SECONDS:g} s.")
        time.sleep(POLL_SECONDS)
        answer = _call(stack, f"/turns/{answer['turn_id']}")
    if failure := answer.get("error"):
        raise AskFailed(f"The turn failed: {failure.get('code')}: {failure.get('message')}")
    return answer


def curl(stack: StackFile, question: str, user_id: str = DEMO_USER) -> str:
    """Return the shell command that asks the same."""
    body = json.dumps({"user_id": user_id, "message": question}, ensure_ascii=False)
    return (
        f"curl -s {stack.api_url}/chat "
        f"-H 'Authorization: Bearer {stack.api_key}' "
        f"-H 'Content-Type: application/json' -d {shlex.quote(body)}"
    )


def _call(stack: StackFile, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    url = f"{stack.api_url}{path}"
    try:
        response = http_json.send(url, body=body, key=stack.api_key, timeout=PATIENCE_SECONDS)
    except ConnectionRefusedError as error:
        raise NotRunning(f"Nothing answers at {stack.api_url}; is the stack up?") from error
    except (OSError, HTTPException) as error:
        raise AskFailed(f"The question got no answer: {error}") from error
    if response.body is not None and response.status < 300:
        return response.body
    problem = response.body or {}
    reason = problem.get("detail") or problem.get("title") or response.reason
    raise AskFailed(f"The API answered {response.status}: {reason}")
