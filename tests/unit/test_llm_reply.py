"""Tool arguments as models write them, and the checks that a reply passes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ModelAnswerUnusable
from backend.domain.usage import Usage
from backend.llm.reply import ReplyDraft, ToolDraft, read_arguments
from backend.llm.retries import Listener
from tests.wire.stage import a_request

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # No surrogates and no NUL: what Postgres keeps.
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abcdef", min_size=1), json_values))
def test_an_object_is_read_as_it_is(arguments: dict[str, Any]) -> None:
    assert read_arguments(json.dumps(arguments)) == (arguments, None)
    assert read_arguments(arguments) == (arguments, None)


@given(st.text())
def test_whatever_else_is_written_is_never_a_guess(text: str) -> None:
    arguments, malformed = read_arguments(text)
    if malformed is not None:
        assert arguments == {}
    else:
        assert not text.strip() or json.loads(text) == arguments


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ('{"a": ', "the arguments are not valid JSON"),
        ("[1]", "the arguments are not a JSON object"),
        ("5", "the arguments are not a JSON object"),
        ("null", "the arguments are not a JSON object"),
        (["a"], "the arguments are not a JSON object"),
        ('{"a": NaN}', "the arguments are not valid JSON"),
        ({"a": float("inf")}, "the arguments are not valid JSON"),
        ('{"a": "\\u0000"}', "the arguments contain characters that are not text"),
        ('{"a": "\\ud800"}', "the arguments contain characters that are not text"),
        ('{"a":' * 20_000, "the arguments are not valid JSON"),
    ],
)
def test_what_is_no_object_is_named(raw: Any, reason: str) -> None:
    assert read_arguments(raw) == ({}, reason)


@pytest.mark.parametrize("raw", ["", "  ", None, "{}", {}])
def test_no_arguments_are_no_mistake(raw: Any) -> None:
    assert read_arguments(raw) == ({}, None)


def _draft() -> ReplyDraft:
    return ReplyDraft(Listener(None))


def _finished(draft: ReplyDraft, **more: Any) -> Any:
    return draft.finished(a_request(**more), model="m", usage=Usage(llm_calls=1), fault=None)


def test_requests_without_an_id_get_one_each() -> None:
    draft = _draft()
    draft.tools += [ToolDraft(name="a"), ToolDraft(name="a"), ToolDraft(name="b", id="theirs")]

    ids = [request.id for request in _finished(draft).tool_requests]

    assert len(set(ids)) == 3
    assert ids[2] == "theirs"


def test_a_tool_without_a_name_is_no_answer() -> None:
    draft = _draft()
    draft.tools.append(ToolDraft(name=""))

    with pytest.raises(ModelAnswerUnusable):
        _finished(draft)


def test_arguments_without_end_are_no_answer() -> None:
    tool = ToolDraft(name="a")
    for _ in range(1_000):
        tool.add_arguments("x" * 1_000)

    with pytest.raises(ModelAnswerUnusable):
        tool.add_arguments("x")


def test_tools_may_be_asked_for_instead_of_the_schema() -> None:
    draft = _draft()
    draft.tools.append(ToolDraft(name="a"))

    assert _finished(draft, answer_schema={"type": "object"}).finish_reason == "tool_calls"
