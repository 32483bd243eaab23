"""What a chat client sends becomes one question; what is answered becomes chunks that are the text."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.openai_answers import sentences
from backend.api.openai_bodies import CompletionBody, Names, question_of
from backend.api.openai_errors import ParameterRefused
from backend.api.schemas import ChatBody

NOBODY = Names(user=None, conversation=None, nobody="key-0")
FIRST = {"role": "user", "content": "oi"}
SECOND = {"role": "user", "content": "vendas?"}


def question(*messages: dict[str, Any], names: Names = NOBODY, **members: Any) -> ChatBody:
    body = {"model": "sales", "messages": list(messages or (FIRST,)), **members}
    return question_of(msgspec.convert(body, CompletionBody), names)


def test_the_last_message_of_the_user_is_the_question_and_nothing_else_is_said() -> None:
    system = {"role": "system", "content": "You are a pirate"}
    asked = question(system, FIRST, {"role": "assistant", "content": "olá"}, SECOND)
    assert (asked.message, asked.agent, asked.channel) == ("vendas?", "sales", "openai")
    assert b"pirate" not in msgspec.json.encode(asked)


def test_a_chat_stays_the_same_conversation_however_it_grows() -> None:
    begun = question(FIRST).conversation_id
    assert question(FIRST, {"role": "assistant", "content": "olá"}, SECOND).conversation_id == begun
    parts = {"role": "user", "content": [{"type": "text", "text": "oi"}]}
    assert question(parts, SECOND).conversation_id == begun
    assert question(SECOND).conversation_id != begun
    assert question(FIRST, model="other").conversation_id != begun


def test_names_are_taken_from_the_body_before_the_headers() -> None:
    headers = Names(user="h", conversation="hc", nobody="key-0")
    asked = question(names=headers, user="b", metadata={"conversation_id": "bc"})
    assert (asked.user_id, asked.conversation_id) == ("b", "bc")
    asked = question(names=headers)
    assert (asked.user_id, asked.conversation_id) == ("h", "hc")
    assert question(safety_identifier="s", names=headers).user_id == "s"
    assert question().user_id == "key-0"


@pytest.mark.parametrize(
    ("parameter", "members"),
    [
        ("n", {"n": 2}),
        ("tools", {"tools": [{"type": "function"}]}),
        ("functions", {"functions": [{"name": "f"}]}),
        ("response_format", {"response_format": {"type": "json_object"}}),
        ("modalities", {"modalities": ["text", "audio"]}),
        ("logprobs", {"logprobs": True}),
        ("user", {"user": "x" * 129}),
        ("user", {"user": "a\u0007b"}),
        ("metadata", {"metadata": {"conversation_id": "x" * 129}}),
        ("metadata", {"metadata": {"conversation_id": 7}}),
        ("metadata", {"metadata": {"long": "x" * 17_000}}),
        ("messages", {"messages": [{"role": "assistant", "content": "oi"}]}),
        ("messages", {"messages": [{"role": "user", "content": "x" * 8_001}]}),
        ("messages", {"messages": [{"role": "user", "content": " "}]}),
        ("messages", {"messages": [{"role": "user"}]}),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
    ],
)
def test_what_cannot_be_answered_is_refused_by_its_name(
    parameter: str, members: dict[str, Any]
) -> None:
    with pytest.raises(ParameterRefused) as refused:
        question(**members)
    assert refused.value.parameter == parameter
    assert "user_id" not in str(refused.value)


def test_options_that_change_no_form_are_ignored() -> None:
    harmless: dict[str, Any] = {
        "temperature": 0.1,
        "max_tokens": 9,
        "seed": 1,
        "stop": ["x"],
        "top_p": 1,
    }
    neutral: dict[str, Any] = {
        "n": 1,
        "tools": [],
        "response_format": {"type": "text"},
        "logprobs": False,
    }
    assert question(**harmless, **neutral) == question()


@given(st.text())
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text


def test_a_piece_ends_with_its_sentence() -> None:
    text = "Foram R$ 1.234,50 em maio. Bom!\n- Sul: 3\n- Norte: 4"
    assert sentences(text) == ["Foram R$ 1.234,50 em maio. ", "Bom!\n", "- Sul: 3\n", "- Norte: 4"]
