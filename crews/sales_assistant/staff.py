"""Agents and tasks of one turn, put together from the YAML words and what the turn brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crewai.agents.agent_executor import AgentExecutor

from backend.domain.chat import Purpose
from backend.domain.ports import Tool
from crews import fence
from crews.agent import TurnAgent, TurnTask
from crews.answer_stream import AnswerStream
from crews.model import Assignment, CrewModel
from crews.sales_assistant.run import CrewRun
from crews.sales_assistant.words import (
    AGENTS,
    CHOICES,
    LANGUAGES,
    LAST_CALL,
    NO_ANSWER,
    TASKS,
    fill,
)
from crews.tool_log import ToolLog
from crews.tools import bridged


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An agent with its task and the model that it alone uses."""

    agent: TurnAgent
    task: TurnTask
    model: CrewModel


class Staff:
    """Hires for one turn: every job gets an agent, a task and a model of its own."""

    def __init__(self, run: CrewRun, log: ToolLog, executor: type[AgentExecutor]) -> None:
        self._run = run
        self._log = log
        self._executor = executor
        self._inputs = inputs(run)

    def hire(
        self,
        name: str,
        purpose: Purpose,
        *,
        tools: tuple[Tool, ...] = (),
        answer_schema: Mapping[str, Any] | None = None,
        stream: AnswerStream | None = None,
    ) -> Job:
        """The agent for the task `name` of tasks.yaml."""
        run = self._run
        words = TASKS[name]
        who = AGENTS[words.agent]
        model = CrewModel(
            Assignment(
                model=run.model,
                purpose=purpose,
                subject=run.subject,
                deadline=run.deadline,
                last_call=LAST_CALL,
                no_answer=NO_ANSWER[run.subject.language],
                tools=tuple(tool.spec for tool in tools),
                answer_schema=answer_schema,
                stream=stream,
            ),
            self._log,
        )
        agent = TurnAgent(
            role=who.role,
            goal=who.goal,
            backstory=who.backstory,
            llm=model,
            tools=bridged(tools, self._log, run.deadline),
            executor_class=self._executor,
        )
        task = TurnTask(
            name=name,
            description=fill(words.description, self._inputs),
            expected_output=fill(words.expected_output, self._inputs),
            agent=agent,
        )
        return Job(agent=agent, task=task, model=model)


def inputs(run: CrewRun) -> Mapping[str, str]:
    """Every placeholder of tasks.yaml with what this turn puts there."""
    return {
        "question": fence.question(run.subject),
        "memory": fence.memory(run.subject.memory),
        "language": LANGUAGES[run.subject.language],
        "choices": "\n".join(f"- {choice}: {CHOICES[choice]}" for choice in run.possible()),
    }
