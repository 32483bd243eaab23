"""A conversation with an agent, as a session holds it: what was asked, and each event that came.

What is held is enough to draw it again and to go on watching after the page was left.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from ui import api_client
from ui.errors import ApiFailed
from ui.event_lines import Event, events

#: In reports, what was asked here stands apart from the clients' own channels.
CHANNEL = "console"


@dataclass(kw_only=True)
class Exchange:
    question: str
    turn_id: str
    seen: list[Event] = field(default_factory=list)

    @property
    def closing(self) -> Event | None:
        """The event that ended the turn, once it came."""
        return self.seen[-1] if self.seen and self.seen[-1].closes else None

    @property
    def text(self) -> str:
        """The answer so far; what came before a restart is void."""
        said = ""
        for event in self.seen:
            if event.kind == "answer.delta":
                said += str(event.data.get("text", ""))
            elif event.kind == "answer.restarted":
                said = ""
            elif event.kind == "turn.answered":
                said = str(event.data.get("response", said))
        return said

    def watch(self, key: str) -> Iterator[Event]:
        """Each event that was not seen yet, as it comes. Raises ApiFailed."""
        last = self.seen[-1].id if self.seen else None
        with api_client.lines(f"/turns/{self.turn_id}/events", key, last) as lines:
            for event in events(lines):
                self.seen.append(event)
                yield event


@dataclass(kw_only=True)
class Talk:
    user_id: str
    agent: str
    #: The caller's own name for it: a talk is none of the user's other conversations.
    conversation_id: str = field(default_factory=lambda: f"console-{uuid.uuid4()}")
    exchanges: list[Exchange] = field(default_factory=list)

    def ask(self, question: str, key: str) -> None:
        """Hand the question in; `watch` its exchange for the answer. Raises ApiFailed."""
        body = {
            "user_id": self.user_id,
            "message": question,
            "conversation_id": self.conversation_id,
            "channel": CHANNEL,
            **({"agent": self.agent} if self.agent else {}),
        }
        headers = {"Prefer": "respond-async", "Idempotency-Key": str(uuid.uuid4())}
        accepted = api_client.post("/chat", key, body, headers)
        turn_id = accepted.get("turn_id") if isinstance(accepted, dict) else None
        if not isinstance(turn_id, str):
            raise ApiFailed("not_understood")
        self.exchanges.append(Exchange(question=question, turn_id=turn_id))
