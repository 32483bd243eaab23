"""The bare prompt: it holds all that the model must know, and nothing of a framework's own."""

from datetime import date

from ops.load.bare_prompt import bare_messages, tokens

TODAY = date(2026, 11, 24)
MEMORY = [{"at": "2026-11-23T10:00:00+00:00", "role": "user", "text": "E em outubro?"}]
CALL = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]}
RESULT = {"role": "tool", "tool_call_id": "1", "content": "{}"}


def test_it_says_who_what_when_and_what_was_said_before() -> None:
    system, user = bare_messages(
        {"messages": []}, task="analyse", question="Quanto?", today=TODAY, memory=MEMORY
    )
    assert "analyst" in system["content"]
    for known in ("Quanto?", "2026-11-24", "E em outubro?", "Brazilian Portuguese"):
        assert known in user["content"]
    assert "{" not in user["content"]


def test_tool_calls_and_their_results_stay_and_a_frameworks_prompts_do_not() -> None:
    ours = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, CALL, RESULT]
    added = {"role": "user", "content": "Analyze the tool result."}
    _, _, *rest = bare_messages(
        {"messages": [*ours, added]}, task="analyse", question="Q", today=TODAY, memory=[]
    )
    assert rest == [CALL, RESULT]


def test_a_router_is_told_the_decisions_that_its_schema_offers() -> None:
    schema = {"properties": {"decision": {"enum": ["direct", "sales"]}}}
    body = {"messages": [], "response_format": {"json_schema": {"schema": schema}}}
    _, user = bare_messages(body, task="route", question="Q", today=TODAY, memory=[])
    assert "- direct:" in user["content"]
    assert "- sales:" in user["content"]
    assert "- market:" not in user["content"]


def test_tokens_are_bytes_by_four_of_messages_and_tools() -> None:
    assert (
        tokens([{"role": "user", "content": "é"}], [])
        == len('[{"role":"user","content":"éé"}]') / 4
    )
    assert tokens([], [{"a": 1}]) == len('[][{"a":1}]') / 4
