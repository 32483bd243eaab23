"""What was kept of a turn: as its asker may read it again, in the ledger, and in the sums."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from backend.domain.usage import NANO_PER_DOLLAR
from backend.llm.model_config import Provider
from tests.e2e.providers.stack import ProviderStack
from tests.e2e.providers.talk import Told
from tests.wire.llmock_server import Wire
from tests.wire.stage import MODELS

#: In the books a provider has OpenTelemetry's name.
NAMES: dict[Provider, str] = {"gemini": "gcp.gemini"}
#: The only addresses at a provider that are called: counting tokens beforehand would be a call too.
COMPLETIONS: dict[Provider, set[str]] = {
    "openai": {"/v1/chat/completions"},
    "openai_compatible": {"/v1/chat/completions"},
    "anthropic": {"/anthropic/v1/messages"},
    "gemini": {
        f"/gemini/v1beta/models/{MODELS['gemini']}:{method}"
        for method in ("generateContent", "streamGenerateContent")
    },
}


def stored(stack: ProviderStack, told: Told) -> dict[str, Any]:
    """The turn as it is told later; of one that was answered, what its asker was told."""
    with stack.client() as client:
        state: dict[str, Any] = client.get(f"/turns/{told.turn_id}").json()
    if state["status"] == "answered":
        return {name: value for name, value in state.items() if name in told.body}
    return state


def ledger(stack: ProviderStack, told: Told) -> list[dict[str, Any]]:
    return stack.rows("SELECT * FROM llm_calls WHERE turn_id = %s ORDER BY id", told.turn_id)


def attempt(stack: ProviderStack, told: Told) -> int:
    [turn] = stack.rows("SELECT attempt FROM turns WHERE id = %s", told.turn_id)
    return int(turn["attempt"])


def usage(stack: ProviderStack, user: str) -> list[dict[str, Any]]:
    """This person's row in the tenant's usage."""
    today = datetime.now(UTC).date()
    with stack.client(stack.tenant.operator_key) as client:
        report = client.get(
            "/usage",
            params={
                "group_by": "user",
                "from": (today - timedelta(days=1)).isoformat(),
                "to": (today + timedelta(days=1)).isoformat(),
            },
        ).json()
    return [row for row in report["rows"] if row["key"] == user]


def corrections(stack: ProviderStack, told: Told) -> list[dict[str, Any]]:
    """What the check of figures had to say."""
    with stack.client(stack.tenant.operator_key) as client:
        trace = client.get(f"/turns/{told.turn_id}/trace").json()
    [check] = [step for step in trace["steps"] if step["kind"] == "check"]
    found: list[dict[str, Any]] = check["detail"]["corrections"]
    return found


def assert_on_the_books(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, told: list[Told]
) -> None:
    """Every call on the wire has a row of its own, and all sums agree.

    For an asker whose every turn was answered without a fault.
    """
    calls = [call for each in told for call in ledger(stack, each)]
    requests = wire.requests()
    assert len(requests) == len(calls)
    assert {request["status"] for request in requests} == {HTTPStatus.OK}
    assert {request["path"] for request in requests} <= COMPLETIONS[provider]
    for call in calls:
        assert call["provider"] == NAMES.get(provider, provider)
        assert call["model"] == MODELS[provider]
        assert (call["state"], call["error_code"]) == ("ok", None)
        assert call["priced"] is True
        assert min(call["input_tokens"], call["output_tokens"], call["cost_nano"]) > 0

    for each in told:
        _assert_sums(each.body["usage"], ledger(stack, each))
        assert each.body["tokens_used"] == _tokens(each.body["usage"])
    [row] = usage(stack, user)
    assert row["turns"] == row["answered"] == len(told)
    assert row["failed"] == 0
    assert row["tokens_used"] == sum(each.body["tokens_used"] for each in told)
    _assert_sums(row, calls)


def _assert_sums(said: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> None:
    assert said["llm_calls"] == len(calls)
    for name in ("input_tokens", "cached_input_tokens", "output_tokens"):
        assert said[name] == sum(call[name] for call in calls)
    spent = sum(call["cost_nano"] for call in calls)
    assert Decimal(said["cost_usd"]) * NANO_PER_DOLLAR == spent
    assert said["priced"] is True


def _tokens(said: Mapping[str, Any]) -> int:
    return int(said["input_tokens"]) + int(said["output_tokens"])
