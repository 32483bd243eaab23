"""A model that makes mistakes: it is told of those that it can repair, and believed in none."""

import json

import pytest

from backend.llm.model_config import Provider
from tests.e2e.providers.books import corrections
from tests.e2e.providers.script import OCTOBER, SALES, calls, says
from tests.e2e.providers.stack import ProviderStack
from tests.e2e.providers.talk import Ask, in_a_socket, waiting
from tests.e2e.providers.ways import both_ways, only
from tests.wire.llmock_server import Wire

pytestmark = pytest.mark.e2e


@only("openai", "anthropic")
def test_arguments_that_cannot_be_read_are_sent_back(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    october = stack.revenue(*OCTOBER)
    wire.script(
        [
            {"type": "tool_fault", "kind": "malformed_arguments"},
            *(calls(OCTOBER), calls(OCTOBER), says(f"Foram {october}.")),
        ]
    )

    told = in_a_socket(stack, user, SALES)

    assert told.body["response"] == f"Foram {october}."
    assert [(call["ok"], call["error"]) for call in told.body["tool_calls"]] == [
        (False, "invalid_request"),
        (True, None),
    ]
    assert [figure["tool_call"] for figure in told.body["figures"]] == [1]
    first, second, third = (json.dumps(call["body"]) for call in wire.requests())
    assert "The arguments were not a JSON object" not in first
    assert "The arguments were not a JSON object" in second
    assert "The arguments were not a JSON object" in third


def test_a_tool_that_does_not_exist_is_said_not_to(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    sorry = "Não tenho como consultar isso agora."
    wire.script([{"type": "tool_fault", "kind": "unknown_tool"}, calls(OCTOBER), says(sorry)])

    told = waiting(stack, user, SALES)

    assert told.body["response"] == sorry
    assert told.body["figures"] == []
    [call] = told.body["tool_calls"]
    assert (call["ok"], call["error"], call["sql"]) == (False, "unknown_tool", None)
    assert "There is no such tool. Tools: " in json.dumps(wire.requests()[1]["body"])


@both_ways
def test_an_invented_figure_is_not_believed(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october = stack.revenue(*OCTOBER)
    invented = says("Boa notícia. As vendas foram de R$ 9.876.543,21!")
    # The second is what is made of the correction that is asked for once.
    wire.script([calls(OCTOBER), invented, invented])

    told = ask(stack, user, SALES)

    response = told.body["response"]
    assert "9.876" not in response
    assert "Boa notícia" not in response
    # The tool's own words, with where they come from.
    assert october in response
    assert "Fonte: demo" in response
    assert october in [figure["text"] for figure in told.body["figures"]]
    assert corrections(stack, told) == [
        {"reason": "figures_without_evidence", "figures": ["9.876.543,21"]}
    ]
    if ask is not waiting:
        assert told.kinds[-4:] == [
            *("answer.delta", "answer.restarted", "answer.delta", "turn.answered")
        ]
        assert told.heard == response
        assert "9.876" not in json.dumps(told.events)
    assert told.body["usage"]["llm_calls"] == 3


@only("openai")
@both_ways
def test_a_figure_out_of_the_blue_is_not_told(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    wire.script([says("As vendas foram de R$ 9.876.543,21.")])

    told = ask(stack, user, SALES)

    assert told.body["tool_calls"] == []
    assert told.body["figures"] == []
    assert not any(character.isdigit() for character in told.body["response"])
    assert told.heard in ("", told.body["response"])
