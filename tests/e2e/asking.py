"""A question with a key of its own, sent until it is accepted."""

from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID, uuid4

import httpx

from tests.e2e.fake_model import marked
from tests.e2e.stack import until

QUESTION = "Quanto vendemos no mês passado?"
AT_ONCE = {"Prefer": "respond-async"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One question, and the name under which it may be sent again and again."""

    user_id: str
    marker: str
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def body(self) -> dict[str, str]:
        return {"user_id": self.user_id, "message": marked(QUESTION, self.marker)}

    def send(self, client: httpx.Client, **headers: str) -> httpx.Response:
        return client.post(
            "/chat",
            json=self.body,
            headers={"Idempotency-Key": self.key, **headers},
        )


def insist(
    client: httpx.Client, asking: Asking, *, wait: bool = False, refused: list[str] | None = None
) -> UUID:
    """Send it until it is accepted; the turn's id. Only an honest 503 or a cut wire is repeated."""
    refused = [] if refused is None else refused

    def send() -> httpx.Response | None:
        try:
            response = asking.send(client, **({} if wait else AT_ONCE))
        except httpx.TransportError as error:
            refused.append(type(error).__name__)
            return None
        if response.is_success:
            return response
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE, response.text
        assert int(response.headers["Retry-After"]) > 0
        refused.append(str(response.status_code))
        return None

    response: httpx.Response = until(send, "acceptance", is_there=lambda sent: sent is not None)
    return UUID(response.json()["turn_id"])
