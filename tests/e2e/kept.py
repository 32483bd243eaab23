"""What the database holds of turns, tasks and model calls, and what must hold of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tests.e2e.asking import Asking
from tests.e2e.fake_model import WatchedModel
from tests.e2e.stack import Stack


def answered(stack: Stack, turn_ids: Sequence[UUID]) -> int:
    [row] = stack.rows(
        "SELECT count(*) AS turns FROM turns WHERE id = ANY(%s) AND status = 'answered'",
        list(turn_ids),
    )
    return int(row["turns"])


def turn_of(stack: Stack, turn_id: UUID) -> dict[str, Any]:
    [row] = stack.rows("SELECT * FROM turns WHERE id = %s", turn_id)
    return row


def turns_of(stack: Stack, user_id: str) -> list[dict[str, Any]]:
    """The turns of the persons whose name is like this, in order, with what was said in each."""
    return stack.rows(
        """
        SELECT t.*, p.user_id,
               array(SELECT m.author FROM messages m WHERE m.turn_id = t.id ORDER BY m.at, m.id) AS said,
               (SELECT m.text FROM messages m WHERE m.turn_id = t.id AND m.author = 'user') AS question
          FROM turns t JOIN persons p ON p.id = t.person_id
         WHERE p.user_id LIKE %s ORDER BY t.conversation_id, t.seq""",
        user_id,
    )


def tasks_left(stack: Stack, *kinds: str) -> list[dict[str, Any]]:
    return stack.rows(
        "SELECT * FROM tasks WHERE kind = ANY(%s)", list(kinds or ("answer", "remember"))
    )


def assert_on_the_books(stack: Stack, model: WatchedModel, asked: Mapping[UUID, Asking]) -> None:
    """Every call that the model got has a row, and is told; only a dead attempt leaves one open."""
    turns = stack.rows("SELECT * FROM turns WHERE id = ANY(%s)", list(asked))
    calls = stack.rows("SELECT * FROM llm_calls WHERE turn_id = ANY(%s)", list(asked))
    assert {turn["id"] for turn in turns} == set(asked)
    for turn in turns:
        mine = [call for call in calls if call["turn_id"] == turn["id"]]
        assert 0 < model.asked[asked[turn["id"]].marker] <= len(mine)
        if turn["status"] == "answered":
            # Learning from what was said is a task of its own, which may have died by itself.
            of_answer = [call for call in mine if call["purpose"] != "learn"]
            last = [call["state"] for call in of_answer if call["attempt"] == turn["attempt"]]
            assert set(last) == {"ok"}
            before = [call for call in mine if call["started_at"] <= turn["finished_at"]]
            assert turn["answer"]["usage"]["llm_calls"] == len(before)
