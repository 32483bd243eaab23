"""The door's small readers: preferences, cursors, credentials, names."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.api.keys import bearer_key
from backend.api.pages import cursor_of, place_of
from backend.api.preferences import LONGEST_SECONDS, wait_seconds
from backend.api.questions import submission_of
from backend.api.schemas import ChatBody, Frame
from backend.domain.errors import InvalidRequest, Unauthenticated
from backend.domain.identity import Caller, Scope, TenantId, new_id


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 30.0),
        (["respond-async"], 0.0),
        (["Respond-Async"], 0.0),
        (["wait=5"], 5.0),
        (["wait=0"], 0.0),
        (['wait="7"'], 7.0),
        (["wait = 9"], 9.0),
        (["respond-async, wait=10"], 10.0),
        (["wait=10", "respond-async"], 10.0),
        (["handling=lenient; x=y, respond-async"], 0.0),
        (["wait=99999"], float(LONGEST_SECONDS)),
        (["wait=-1"], 30.0),
        (["wait=1.5"], 30.0),
        (["wait=soon"], 30.0),
        (["wait=1e9"], 30.0),
        (["wait=٣"], 30.0),
        (["return=minimal"], 30.0),
        ([""], 30.0),
    ],
)
def test_preferences(headers: list[str], seconds: float) -> None:
    assert wait_seconds(headers, 30.0) == seconds


@given(
    some.datetimes(timezones=some.just(UTC) | some.just(timezone(timedelta(hours=-3)))),
    some.uuids(),
)
def test_cursors_lead_back_to_their_row(moment: datetime, row_id: UUID) -> None:
    cursor = cursor_of(moment, row_id)
    assert cursor.isascii()
    assert place_of(cursor) == (moment, row_id)


@given(some.text(max_size=80))
def test_other_cursors_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        place_of(text)


def test_a_cursor_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        place_of(cursor_of(datetime(2026, 1, 1), new_id()))  # noqa: DTZ001 - what is refused


@given(some.binary(max_size=60))
def test_a_header_is_one_visible_word_or_no_key(value: bytes) -> None:
    try:
        key = bearer_key([(b"authorization", value)])
    except Unauthenticated:
        return
    assert value.lower().startswith(b"bearer ")
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key


def test_one_key_is_taken_and_two_are_none() -> None:
    assert bearer_key([(b"authorization", b"bEaReR  sc_1 ")]) == "sc_1"
    for headers in ([], [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer a")]):
        with pytest.raises(Unauthenticated):
            bearer_key(headers)


CALLER = Caller(tenant_id=TenantId(new_id()), scopes=frozenset({Scope.CHAT}))


def _digest(**members: object) -> bytes:
    body = msgspec.convert({"user_id": "1", "message": "oi", **members}, ChatBody)
    kept = submission_of(body, CALLER, trace_id="0" * 32, idempotency_key=None, watched=False)
    return kept.digest


def test_requests_that_mean_the_same_have_one_digest_and_others_have_others() -> None:
    assert _digest() == _digest(channel="web", metadata={}, agent=None)
    assert _digest(metadata={"a": 1, "b": 2}) == _digest(metadata={"b": 2, "a": 1})
    others = [
        _digest(),
        _digest(message="oi "),
        _digest(user_id="2"),
        _digest(channel="whatsapp"),
        _digest(agent="a"),
        _digest(data_source="a"),
        _digest(conversation_id="a"),
        _digest(metadata={"a": 1}),
    ]
    assert len(set(others)) == len(others)


def test_a_frame_is_a_body_with_more() -> None:
    frame = msgspec.convert({"user_id": "1", "message": "oi", "ref": "r", "channel": "web"}, Frame)
    assert frame.body == ChatBody(user_id="1", message="oi")


@pytest.mark.parametrize("key", ["", " ", "a b", "ç", "a\n", "k" * 256])
def test_idempotency_keys_that_are_none(key: str) -> None:
    body = ChatBody(user_id="1", message="oi")
    with pytest.raises(InvalidRequest):
        submission_of(body, CALLER, trace_id="0" * 32, idempotency_key=key, watched=False)
