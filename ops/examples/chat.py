"""Ask a question with Python alone, and wait for the answer however long it takes.

SALES_CREW_URL=http://127.0.0.1:8000 SALES_CREW_KEY=... python ops/examples/chat.py
"""

import json
import os
import time
import urllib.request
import uuid
from typing import Any

URL = os.environ.get("SALES_CREW_URL", "http://127.0.0.1:8000")
KEY = os.environ["SALES_CREW_KEY"]


def call(path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    """The JSON that a path answers with: to a POST if there is a body, else to a GET."""
    request = urllib.request.Request(  # noqa: S310 - the address is yours
        URL + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **headers},
    )
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
        return answer


# Sent again with the same key, after a lost connection for example, it is not asked twice.
answer = call(
    "/chat",
    {"user_id": "maria", "message": "Quais foram as vendas do mês passado?"},
    **{"Idempotency-Key": uuid.uuid4().hex},
)
# An answer that takes long is fetched: 202, and where to look.
while answer.get("status") in ("queued", "running"):
    time.sleep(1)
    answer = call(f"/turns/{answer['turn_id']}")

print(answer["response"])
for figure in answer["figures"]:
    print(f"{figure['metric']} from {figure['from']} to {figure['to']}: {figure['value']}")
