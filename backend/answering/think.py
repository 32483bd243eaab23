"""The thinking part of the road: understand -> crew -> check. Holds no database connection.

What the crew writes goes out sentence by sentence, each after its figures were checked; if the
check of the whole draft then changes the text, what went out is voided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.answering import evidence as evidences
from backend.answering.check import check, told_by_tool
from backend.answering.choice import chosen
from backend.answering.documented import documents_of, is_documented
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
from backend.answering.understand import half_understood, route_by_rules
from backend.answering.world import Source, World
from backend.domain.chat import Subject
from backend.domain.events import EventKind
from backend.domain.sales import Reading
from backend.domain.turns import Checked, Draft
from backend.memory.fact_rules import Heard, heard
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
    #: Whether the question may tell a fact about the person.
    learns: bool


def think(
    world: World, question: Question, source: Source, telling: Telling, steps: Steps
) -> Thought:
    """Find the answer. Raises what the model raises, or a SalesCrewError."""
    asked, context = question.asked, question.context
    documents = documents_of(world, question)
    with steps.step("understand", "parser") as detail:
        reading = _read(question, source)
        detail["complete"] = reading.complete
        detail["not_understood"] = list(reading.not_understood)
    # What was read to the last word asks for figures, and tells nothing.
    told = Heard() if reading.complete else heard(asked.question)
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
    subject = Subject(
        question=asked.question,
        language=reading.language,
        today=asked.today,
        memory=context.memory,
        reading=reading,
        user_name=asked.asker.name,
        # A model words it itself.
        half_understood=half_understood(reading, source, scope)
        if question.model.provider == OFFLINE
        else None,
        noted=tuple(fact.text for fact in told.facts),
        documented=is_documented(documents, reading, asked.question),
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
        draft = _without_model(world, question, source, scope, run)
        if draft is None:
            run = _remembering_more(run, question, evidence, steps)
            draft = answer(run)
        spans.drafted(span, draft)
    gate.finish()
    with steps.step("check", "figures") as detail:
        tried: Sequence[Mapping[str, Any]] = ()
        if not told_by_tool(draft):
            draft, tried = _mended(question, run.subject, draft, evidence)
        checked = check(draft, evidence, reading.language, tried)
        detail["corrections"] = list(checked.corrections)
        # What the kernel's own filter saw: figures come through it, or from nowhere.
        detail["kernel_calls"] = [call.name for call in scope.calls]
    _tell_rest(checked.text, gate.said, telling)
    return Thought(
        subject=run.subject,
        checked=checked,
        rows=rows,
        learns=bool(told.facts or (told.unsure and question.model.provider != OFFLINE)),
    )


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


def _without_model(
    world: World, question: Question, source: Source, scope: TurnScope, run: CrewRun
) -> Draft | None:
    """What is answered, or asked back, where the rules leave nothing to decide; else None."""
    if source.layer is None or not (world.fast_path and question.asked.agent.fast_path):
        return None
    model = source.layer.model
    found = certain(run, world.planner, model, permitted=scope.sees_sales, silent=source.silent)
    if found is not None:
        return answered(run, found)
    readings = doubtful(run)
    return asked_back(run, readings, model) if readings else None


def _remembering_more(
    run: CrewRun, question: Question, evidence: Evidence, steps: Steps
) -> CrewRun:
    """With what was said long before: for the crew, and as what it may quote."""
    with steps.step("gather", "recall") as detail:
        back = question.look_back()
        found = back.memory
        detail["embedder"] = "ok" if back.by_meaning else "unavailable"
        detail["recalled"] = [
            {"at": line.at, "score": line.score, **(line.why or {})} for line in found
        ]
    evidence.remember(found)
    return replace(run, subject=replace(run.subject, memory=run.subject.memory + found))


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
