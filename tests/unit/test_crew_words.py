"""YAML holds words, Python holds wiring; here is what keeps them together."""

from datetime import date

import pytest

from backend.domain.chat import Remembered
from backend.domain.language import Language
from backend.domain.turns import Decision
from tests.unit.crew_stage import ScriptedModel, a_run, subject

# isort: split
from crews.sales_assistant import words
from crews.sales_assistant.staff import inputs

RUN = a_run(
    ScriptedModel([]),
    subject=subject(
        memory=(Remembered(role="user", text="oi {x}", at="2026-11-23T10:00:00Z", source="recent"),)
    ),
)


@pytest.mark.parametrize("name", words.TASKS)
def test_every_placeholder_has_an_input_and_none_is_left(name: str) -> None:
    task = words.TASKS[name]
    given = inputs(RUN)
    for template in (task.description, task.expected_output):
        assert words.placeholders(template) <= given.keys()
        filled = words.fill(template, given)
        # What the data brings is escaped, so any brace would be one of ours.
        assert "{" not in filled


def test_every_input_is_used() -> None:
    used = frozenset[str]().union(
        *(
            words.placeholders(task.description) | words.placeholders(task.expected_output)
            for task in words.TASKS.values()
        )
    )
    assert used == inputs(RUN).keys()


@pytest.mark.parametrize("name", words.TASKS)
def test_every_task_shows_the_question_and_names_the_language(name: str) -> None:
    task = words.TASKS[name]
    needed = words.placeholders(task.description) | words.placeholders(task.expected_output)
    assert {"question", "memory", "language"} <= needed


def test_every_task_has_its_agent_and_every_agent_its_task() -> None:
    assert {task.agent for task in words.TASKS.values()} == words.AGENTS.keys()


@pytest.mark.parametrize("name", words.AGENTS)
def test_who_an_agent_is_never_depends_on_the_turn(name: str) -> None:
    agent = words.AGENTS[name]
    for text in (agent.role, agent.goal, agent.backstory):
        assert not words.placeholders(text)


def test_every_decision_is_described_and_can_be_answered() -> None:
    assert set(words.CHOICES) == set(Decision)
    without_tools = set(Decision) - {Decision.SALES, Decision.MARKET, Decision.BOTH}
    assert {decision.value for decision in without_tools} <= words.TASKS.keys()


def test_every_language_has_a_name_and_an_ending() -> None:
    assert set(words.LANGUAGES) == set(words.NO_ANSWER) == set(Language)
    assert len(set(words.NO_ANSWER.values())) == len(Language)


def test_a_missing_input_is_an_error() -> None:
    with pytest.raises(KeyError, match="question"):
        words.fill("{memory}{question}", {"memory": ""})


def test_the_day_of_the_question_is_told() -> None:
    run = a_run(ScriptedModel([]), subject=subject(today=date(2026, 1, 2), user_name="Ana"))
    assert '<asked 2026-01-02 by="Ana">' in inputs(run)["question"]
