"""Talk to the API as its clients do: wait for an answer, read its events, or keep a socket open."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from websockets.sync.client import connect

from tests.e2e.providers.stack import PATIENCE_SECONDS, ProviderStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a turn ended. `events` are those that its asker read; none for one who waited."""

    turn_id: str
    #: The body of an answer, or the problem of a turn that failed.
    body: Mapping[str, Any]
    events: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())

    @property
    def heard(self) -> str:
        """The text that a reader of the events has before it when they end."""
        text = ""
        for kind, data in self.events:
            if kind == "answer.restarted":
                text = ""
            elif kind == "answer.delta":
                text += data["text"]
        return text

    @property
    def kinds(self) -> list[str]:
        """What happened, with the pieces of a text in a row as one."""
        kinds = [kind for kind, _ in self.events]
        return [
            kind
            for before, kind in zip(["", *kinds], kinds, strict=False)
            if not kind == before == "answer.delta"
        ]


#: Asks a question for a user, and stays to its end.
Ask = Callable[[ProviderStack, str, str], Told]


def waiting(stack: ProviderStack, user_id: str, message: str) -> Told:
    """POST /chat until it answers."""
    with stack.client() as client:
        response = client.post("/chat", json={"user_id": user_id, "message": message})
    assert response.status_code != HTTPStatus.ACCEPTED, "it did not end while the caller waited"
    body = response.json()
    return Told(turn_id=body["turn_id"], body=body)


def reading(stack: ProviderStack, user_id: str, message: str) -> Told:
    """POST /chat without waiting, then the Server-Sent Events."""
    with stack.client() as client:
        accepted = client.post(
            "/chat",
            json={"user_id": user_id, "message": message},
            headers={"Prefer": "respond-async"},
        )
        assert accepted.status_code == HTTPStatus.ACCEPTED
        turn_id = accepted.json()["turn_id"]
        with client.stream("GET", accepted.json()["events_url"]) as stream:
            events = _events_of(stream)
    return _told(turn_id, events)


def in_a_socket(stack: ProviderStack, user_id: str, message: str) -> Told:
    """A frame to /ws/chat, and its events as they come."""
    events: list[tuple[str, Mapping[str, Any]]] = []
    with connect(
        stack.url.replace("http", "ws") + "/ws/chat",
        additional_headers={"Authorization": f"Bearer {stack.tenant.api_key}"},
        proxy=None,
    ) as socket:
        socket.send(json.dumps({"user_id": user_id, "message": message}))
        frame: dict[str, Any] = {"event": ""}
        while not frame["event"].startswith(("turn.answered", "turn.failed")):
            frame = json.loads(socket.recv(PATIENCE_SECONDS))
            assert frame["event"] != "error", frame
            events.append((frame["event"], frame["data"]))
    return _told(frame["turn_id"], events)


def _events_of(stream: httpx.Response) -> list[tuple[str, Mapping[str, Any]]]:
    assert stream.status_code == HTTPStatus.OK
    events: list[tuple[str, Mapping[str, Any]]] = []
    ids: list[tuple[int, ...]] = []
    kind = ""
    for line in stream.iter_lines():
        name, _, value = line.partition(": ")
        if name == "id":
            ids.append(tuple(map(int, value.split("-"))))
        elif name == "event":
            kind = value
        elif name == "data":
            events.append((kind, json.loads(value)))
    assert ids == sorted(set(ids)), "ids order the events"
    return events


def _told(turn_id: str, events: list[tuple[str, Mapping[str, Any]]]) -> Told:
    kind, last = events[-1]
    body = last if kind == "turn.answered" else {**last["error"], "turn_id": last["turn_id"]}
    return Told(turn_id=turn_id, body=body, events=tuple(events))
