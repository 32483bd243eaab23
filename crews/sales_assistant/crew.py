"""The crew answers one turn: route, then one specialist, or two of them as a crew.

    direct · clarify · refuse · handoff   the router, without tools               1 model call
    sales · market                        one specialist with its tools           2 for one tool
    both                                  analyst, then researcher, in one Crew   4 for one tool each

A router that is asked costs one call more, and none for what it answers along with its decision.
In a crew of two nobody composes afterwards: the researcher, who comes last, writes the one answer
from the analyst's findings and its own.

Everything here lives for one turn, in a copy of the thread's context: CrewAI keeps its record of
a run in context variables, and in a worker's thread they would grow with every turn.
"""

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace

import structlog
from crewai.agents.agent_executor import AgentExecutor
from crewai.tasks.task_output import TaskOutput
from crewai.tools.tool_failure import ToolExecutionFailedError

from backend.domain.chat import Purpose
from backend.domain.errors import ModelAnswerUnusable, SalesCrewError
from backend.domain.events import EventKind
from backend.domain.turns import Decision, Draft, Route
from crews import fence, quiet
from crews.answer_stream import AnswerStream
from crews.executor import LeanExecutor
from crews.model import CrewModel
from crews.sales_assistant import route as routing
from crews.sales_assistant.run import CrewRun, Specialist
from crews.sales_assistant.staff import Staff
from crews.sales_assistant.words import NO_ANSWER, TASKS
from crews.tool_log import ToolLog
from crews.trace import RunTrace
from crews.turn_crew import TurnCrew

log = structlog.get_logger(__name__)


def answer(run: CrewRun, *, executor: type[AgentExecutor] = LeanExecutor) -> Draft:
    """Answer one turn. Blocks; call it from a thread without an event loop.

    Raises what the model raised (see `ChatModel`), unchanged, or a SalesCrewError for anything
    that goes wrong inside CrewAI. `executor` may be CrewAI's own, to compare.
    """
    quiet.silence()
    return copy_context().run(_Turn(run, executor).answer)


class _Turn:
    """One turn in work."""

    def __init__(self, run: CrewRun, executor: type[AgentExecutor]) -> None:
        self._run = run
        self._log = ToolLog(run.emit, run.claimed_at)
        self._stream = AnswerStream(run.on_text, run.emit)
        self._staff = Staff(run, self._log, executor)
        self._trace = RunTrace(
            claimed_at=run.claimed_at,
            agents={name: words.agent for name, words in TASKS.items()},
        )

    def answer(self) -> Draft:
        try:
            with quiet.unprinted(), self._trace.listening():
                route, text = self._answered()
        finally:
            if self._run.on_end is not None:
                self._run.on_end(self._trace.steps, self._log.calls)
        return Draft(
            text=text,
            model=self._run.model.name,
            route=route,
            tool_calls=self._log.calls,
            steps=self._trace.steps,
        )

    def _answered(self) -> tuple[Route, str]:
        routed = self._routed()
        self._run.emit(EventKind.ROUTE_DECIDED, _told(routed.route))
        text = routed.answer
        if text is None:
            text = self._written(routed.route.decision)
        else:
            self._stream.write(text)
        return routed.route, text

    def _routed(self) -> routing.Routed:
        if self._run.route is not None:
            return routing.Routed(route=self._run.route)
        schema = routing.answer_schema(self._run.possible())
        job = self._staff.hire("route", Purpose.ROUTE, answer_schema=schema)
        try:
            said = self._done(lambda: job.agent.execute_task(job.task), job.model)
        except ModelAnswerUnusable:
            return routing.fallback(self._run)
        return routing.read(said, self._run)

    def _written(self, decision: Decision) -> str:
        match decision:
            case Decision.SALES:
                return self._by_one("analyse", Purpose.ANALYSE, "sales")
            case Decision.MARKET:
                return self._by_one("research", Purpose.RESEARCH, "market")
            case Decision.BOTH:
                return self._by_two()
            case _:
                return self._by_one(decision.value, Purpose.ANSWER)

    def _by_one(self, task: str, purpose: Purpose, specialist: Specialist | None = None) -> str:
        tools = self._run.tools.get(specialist, ()) if specialist else ()
        job = self._staff.hire(task, purpose, tools=tools, stream=self._stream)
        return self._done(lambda: job.agent.execute_task(job.task), job.model)

    def _by_two(self) -> str:
        analyst = self._staff.hire("find", Purpose.ANALYSE, tools=self._run.tools.get("sales", ()))
        writer = self._staff.hire(
            "compose",
            Purpose.COMPOSE,
            tools=self._run.tools.get("market", ()),
            stream=self._stream,
        )

        def hand_over(found: TaskOutput) -> None:
            writer.model.brief(replace(self._run.subject, findings=(found.raw,)))
            found.raw = fence.findings(found.raw)

        analyst.task.callback = hand_over
        writer.task.context = [analyst.task]
        crew = TurnCrew(
            name="sales_assistant",
            agents=[analyst.agent, writer.agent],
            tasks=[analyst.task, writer.task],
            tracing=False,
        )
        return self._done(crew.kickoff, analyst.model, writer.model)

    def _done(self, work: Callable[[], object], *models: CrewModel) -> str:
        """The text that `work` ends with. What a model raised comes out as it was raised."""
        try:
            return str(work())
        except (Exception, SystemExit) as error:
            for model in models:
                if model.failure is not None:
                    raise model.failure from None
            if isinstance(error, ToolExecutionFailedError):
                return self._given_up()
            log.exception("crew.broke", error_type=type(error).__name__)
            raise SalesCrewError from error

    def _given_up(self) -> str:
        """CrewAI stopped an agent that made the same call again and again."""
        text = NO_ANSWER[self._run.subject.language]
        self._stream.restart("given_up")
        self._stream.write(text)
        return text


def _told(route: Route) -> dict[str, object]:
    return {
        "decision": route.decision.value,
        "by": route.by,
        "reason": route.reason,
        "confidence": route.confidence,
    }
