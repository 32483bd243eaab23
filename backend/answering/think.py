"""The thinking part of the road: understand -> crew -> check. Holds no database connection.

What the crew writes goes out sentence by sentence, each after its figures were checked; if the
check of the whole draft then changes the text, what went out is voided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.answering import evidence as evidences
from backend.answering.check import check
from backend.answering.evidence import Evidence, WitnessedTool
from backend.answering.sentences import SentenceGate
from backend.answering.steps import Steps
from backend.answering.telling import Telling
from backend.answering.understand import route_by_rules
from backend.answering.world import Source, World
from backend.domain.chat import Subject
from backend.domain.events import EventKind
from backend.domain.ports import ChatModel
from backend.domain.sales import MetricQuery
from backend.domain.turns import Asked, Checked, Context
from backend.observe import spans
from backend.plugins.scope import TurnScope
from backend.plugins.toolbox import toolbox
from crews.sales_assistant.crew import answer
from crews.sales_assistant.run import CrewRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A claimed turn with all that thinking needs of it. `model` keeps the books of this attempt."""

    asked: Asked
    context: Context
    previous: MetricQuery | None
    model: ChatModel
    #: Whether somebody watches the text as it is written.
    streamed: bool
    #: `time.monotonic()` instant that the steps count from.
    claimed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    subject: Subject
    checked: Checked


def think(
    world: World, question: Question, source: Source, telling: Telling, steps: Steps
) -> Thought:
    """Find the answer. Raises what the model raises, or a SalesCrewError."""
    asked, context = question.asked, question.context
    with steps.step("understand", "parser") as detail:
        reading = source.parser.read(
            asked.question,
            today=asked.today,
            previous=question.previous,
            language=context.language,
        )
        detail["complete"] = reading.complete
        detail["not_understood"] = list(reading.not_understood)
    subject = Subject(
        question=asked.question,
        language=reading.language,
        today=asked.today,
        memory=context.memory,
        reading=reading,
        user_name=asked.asker.name,
    )
    scope = TurnScope(
        asker=asked.asker,
        agent=asked.agent,
        language=reading.language,
        today=asked.today,
        deadline=asked.deadline,
        sales=source.layer,
        playbook=world.playbook(asked.agent.playbook),
    )
    evidence = evidences.of_turn(asked.question, context.memory, [asked.today.isoformat()])
    gate = SentenceGate(evidence, telling.text)
    run = _run(world, question, subject, _tools(world, scope, evidence), gate, telling, steps)
    with spans.agent(asked.agent.name) as span:
        draft = answer(run)
        spans.drafted(span, draft)
    gate.finish()
    with steps.step("check", "figures") as detail:
        checked = check(draft, evidence, reading.language)
        detail["corrections"] = list(checked.corrections)
        # What the kernel's own filter saw: figures come through it, or from nowhere.
        detail["kernel_calls"] = [call.name for call in scope.calls]
    if checked.text != gate.said:
        if gate.said:
            telling.restart("checked")
        telling.text(checked.text)
    return Thought(subject=subject, checked=checked)


def _run(
    world: World,
    question: Question,
    subject: Subject,
    tools: Mapping[str, tuple[WitnessedTool, ...]],
    gate: SentenceGate,
    telling: Telling,
    steps: Steps,
) -> CrewRun:
    """What the crew is handed: its tools, a gate for its text, and where to note what it does."""

    def emit(kind: EventKind, data: Mapping[str, Any]) -> None:
        if kind == EventKind.ANSWER_RESTARTED:
            gate.restart()
        if kind == EventKind.ROUTE_DECIDED:
            steps.note("route", "decided", data)
        telling.emit(kind, data)

    specs = tuple(tool.spec for offered in tools.values() for tool in offered)
    return CrewRun(
        subject=subject,
        route=route_by_rules(subject, world.planner, specs),
        tools=tools,
        model=question.model,
        emit=emit,
        on_text=gate.feed if question.streamed else None,
        on_end=steps.add,
        deadline=question.asked.deadline,
        claimed_at=question.claimed_at,
    )


def _tools(
    world: World, scope: TurnScope, evidence: Evidence
) -> Mapping[str, tuple[WitnessedTool, ...]]:
    """Tools whose answers become evidence, by specialist."""
    return {
        specialist: tuple(WitnessedTool(tool, evidence, world.aside) for tool in offered)
        for specialist, offered in toolbox(scope, world.kernel).items()
    }
