"""The thinking part of the road: understand -> crew -> check. Holds no database connection.

What the crew writes goes out sentence by sentence, each after its figures were checked; if the
check of the whole draft then changes the text, what went out is voided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.answering import evidence as evidences
from backend.answering.check import check, told_by_tool
from backend.answering.choice import chosen
from backend.answering.evidence import Evidence, WitnessedTool
from backend.answering.fast_path import (
    OFFLINE,
    answered,
    asked_back,
    certain,
    doubtful,
)
from backend.answering.mentions import nothing_mentioned, spoken
from backend.answering.question import Question
from backend.answering.repair import mended
from backend.answering.result_cache import CachedLayer
from backend.answering.sentences import SentenceGate
from backend.answering.silent_source import SilentLayer
from backend.answering.steps import Steps
from backend.answering.telling import Telling
from backend.answering.understand import route_by_rules
from backend.answering.world import Source, World
from backend.domain.chat import Subject
from backend.domain.events import EventKind
from backend.domain.sales import Reading
from backend.domain.turns import Checked, Draft
from backend.knowledge.library import Library
from backend.llm.offline.small_talk import small_talk
from backend.observe import spans
from backend.plugins.scope import TurnScope
from backend.plugins.toolbox import toolbox
from backend.semantic.layer import SemanticLayer
from crews.sales_assistant.crew import answer
from crews.sales_assistant.run import CrewRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    subject: Subject
    checked: Checked
    #: Remembers what was read of the source; None where nothing is remembered.
    rows: CachedLayer | None


def think(
    world: World, question: Question, source: Source, telling: Telling, steps: Steps
) -> Thought:
    """Find the answer. Raises what the model raises, or a SalesCrewError."""
    asked, context = question.asked, question.context
    documents = _documents(world, question)
    with steps.step("understand", "parser") as detail:
        reading = _read(question, source)
        detail["complete"] = reading.complete
        detail["not_understood"] = list(reading.not_understood)
    subject = Subject(
        question=asked.question,
        language=reading.language,
        today=asked.today,
        memory=context.memory,
        reading=reading,
        user_name=asked.asker.name,
        documented=_is_documented(documents, reading, asked.question),
    )
    rows = _remembering(world, question, source)
    scope = TurnScope(
        asker=asked.asker,
        agent=asked.agent,
        language=reading.language,
        today=asked.today,
        deadline=asked.deadline,
        sales=rows or _silent(source),
        playbook=world.playbook(asked.agent.playbook),
        documents=documents,
    )
    mentions = spoken(source.spans, reading.language, asked.today) if source.spans else None
    evidence = evidences.of_turn(
        asked.question,
        context.memory,
        [asked.today.isoformat()],
        mentions or nothing_mentioned,
    )
    gate = SentenceGate(evidence, telling.text)
    run = _run(world, question, subject, _tools(world, scope, evidence), gate, telling, steps)
    with spans.agent(asked.agent.name) as span:
        draft = _drafted(world, question, source, scope, run)
        spans.drafted(span, draft)
    gate.finish()
    with steps.step("check", "figures") as detail:
        tried: Sequence[Mapping[str, Any]] = ()
        if not told_by_tool(draft):
            draft, tried = _mended(question, subject, draft, evidence)
        checked = check(draft, evidence, reading.language, tried)
        detail["corrections"] = list(checked.corrections)
        # What the kernel's own filter saw: figures come through it, or from nowhere.
        detail["kernel_calls"] = [call.name for call in scope.calls]
    _tell_rest(checked.text, gate.said, telling)
    return Thought(subject=subject, checked=checked, rows=rows)


def _tell_rest(text: str, said: str, telling: Telling) -> None:
    """What of the text was not told yet; all of it anew where something else was told."""
    if said and not text.startswith(said):
        telling.restart("checked")
        said = ""
    if text != said:
        telling.text(text[len(said) :])


def _read(question: Question, source: Source) -> Reading:
    """What the question means; or which reading it picks of those that were asked about."""
    asked = question.asked
    if question.choices and source.layer is not None:
        picked = chosen(asked.question, question.choices, source.layer.model)
        if picked is not None:
            return Reading(query=picked, language=question.context.language, complete=True)
    return source.parser.read(
        asked.question,
        today=asked.today,
        previous=question.previous,
        language=question.context.language,
    )


def _documents(world: World, question: Question) -> Library | None:
    asked = question.asked
    if not asked.agent.has_documents:
        return None
    return Library(world.database, world.embedder, asked.asker.tenant_id)


def _is_documented(documents: Library | None, reading: Reading, question: str) -> bool:
    """Whether the tenant's documents answer what the parser has not read to the last word."""
    if documents is None or reading.complete or reading.readings:
        return False
    # Who greets is greeted, whatever the documents say of a good day.
    return small_talk(question, reading.language) is None and documents.knows(question)


def _remembering(world: World, question: Question, source: Source) -> CachedLayer | None:
    if source.layer is None or source.silent or world.kept_rows is None:
        return None
    return CachedLayer(
        layer=source.layer,
        kept=world.kept_rows,
        tenant_id=question.asked.asker.tenant_id,
        source_id=source.id,
        source_stamp=source.stamp,
        today=question.asked.today,
    )


def _silent(source: Source) -> SemanticLayer | SilentLayer | None:
    return SilentLayer(source.layer) if source.layer and source.silent else source.layer


def _drafted(
    world: World, question: Question, source: Source, scope: TurnScope, run: CrewRun
) -> Draft:
    """Without a model where the rules leave nothing to decide, else by the crew."""
    if source.layer is not None and world.fast_path and question.asked.agent.fast_path:
        model = source.layer.model
        found = certain(run, world.planner, model, permitted=scope.sees_sales, silent=source.silent)
        if found is not None:
            return answered(run, found)
        readings = doubtful(run)
        if readings:
            return asked_back(run, readings, model)
    return answer(run)


def _mended(
    question: Question, subject: Subject, draft: Draft, evidence: Evidence
) -> tuple[Draft, Sequence[Mapping[str, Any]]]:
    """The draft, or the model's second one where the first states what nothing supports."""
    if question.model.provider == OFFLINE or draft.model != question.model.name:
        return draft, ()
    return mended(
        draft,
        evidence,
        model=question.model,
        subject=subject,
        deadline=question.asked.deadline,
    )


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
