"""Two tenants and three people who call themselves alike, each with a word of their own in every store."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import iter_unpack
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from backend.domain.chat import Purpose
from backend.domain.facts import SELF, Statement
from backend.domain.identity import (
    ConversationId,
    PersonId,
    Role,
    TaskId,
    TenantId,
    TurnId,
    new_id,
)
from backend.domain.trace import Step, ToolCall, ToolOutcome
from backend.domain.turns import AgentPolicy
from backend.domain.usage import Usage
from backend.memory import terms
from backend.store import (
    chat_clients,
    data_sources,
    documents,
    erasures,
    errands,
    export,
    facts,
    imports,
    known_facts,
    llm_calls,
    memories,
    passages,
    people,
    queue,
    recent_messages,
    submissions,
    talk,
    tenants,
    traces,
    turn_list,
    turns,
    views,
)
from backend.store.data_sources import KeptSource
from backend.store.database import Conn, Database
from backend.store.documents import NewPassage, Unread, Upload
from backend.store.erasures import Erasure
from backend.store.errands import Errand, Refusal
from backend.store.export import Exported
from backend.store.facts import NewFact
from backend.store.imports import Told
from backend.store.llm_calls import Payer, Settlement
from backend.store.memories import Bare, NewMemory
from backend.store.passages import Sought
from backend.store.submissions import Submission
from backend.store.talk import Wanted
from backend.store.tasks import Claim
from backend.store.turn_list import Chosen
from backend.store.turns import AnswerRecord
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_record, a_tenant, ask, claim, opened

#: Everybody's names for everything are the same: what tells them apart is whose they are.
USER, TALK, SOURCE, AGENT = "123", "the talk", "the source", "sales"
MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)
VECTOR = [1.0] + [0.0] * 511
ALWAYS = Chosen(start=MOMENT - timedelta(days=4000), end=MOMENT + timedelta(days=4000))
END = Settlement(
    model="stage-1",
    usage=Usage(llm_calls=1, input_tokens=1),
    time_ms=1,
    finish_reason="stop",
    error_code=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What is somebody's: the ids of their things, and the word that only they have."""

    tenant_id: TenantId
    person_id: PersonId
    conversation_id: ConversationId
    turn_id: TurnId
    #: A turn that is still to be answered, and its task.
    open_turn: TurnId
    work: Claim
    call_id: UUID
    errand_id: UUID
    #: One that has its answer.
    told_errand_id: UUID
    import_id: UUID
    source_id: UUID
    fact_id: UUID
    #: One that serves, and one that is still to be read.
    document_id: UUID
    unread_document_id: UUID
    erasure_id: UUID
    canary: str

    def claim(self, subject_id: UUID) -> Claim:
        """A task about something of theirs."""
        return Claim(
            id=TaskId(new_id()),
            kind="answer",
            lane="interactive",
            tenant_id=self.tenant_id,
            subject_id=subject_id,
            conversation_id=self.conversation_id,
            attempt=self.work.attempt,
            failures=0,
        )

    @property
    def erasure(self) -> Erasure:
        return Erasure(
            id=self.erasure_id, tenant_id=self.tenant_id, person_id=self.person_id, user_id=USER
        )


def populate(app: Database, tenant_id: TenantId, canary: str, user: str = USER) -> Owned:
    """Let somebody have something of every kind, each with their word in it."""
    asked = ask(
        app, tenant_id, f"pergunta {canary}", user_id=user, conversation=TALK, key=f"{user}-key"
    )
    work = claim(app)
    while work.subject_id != asked.turn_id:
        # What is left to do for those who came before stays so.
        work = claim(app)
    begun = turns.begin(app, work)
    assert begun is not None
    person_id = begun.asker.person_id
    payer = Payer(
        tenant_id=tenant_id, turn_id=work.turn_id, person_id=person_id, attempt=work.attempt
    )
    call_id = llm_calls.open_call(
        app, payer, purpose=Purpose.ANSWER, provider="stage", model=canary
    )
    turns.record_answer(app, work, _record(canary))
    with app.tenant(tenant_id) as conn:
        people.describe(
            conn, tenant_id, user, role=Role.SELLER, name=canary, attributes={"city": canary}
        )
        for number in range(3):
            memories.remember(
                conn,
                tenant_id,
                person_id,
                [_memory(tenant_id, begun.conversation_id, f"{canary} lembrança {number}", VECTOR)],
                terms_version=terms.VERSION,
                embedding_model="fixed",
            )
        # To be found by its words only, as yet.
        memories.remember(
            conn,
            tenant_id,
            person_id,
            [_memory(tenant_id, begun.conversation_id, f"{canary} sem vetor", None)],
            terms_version=terms.VERSION,
            embedding_model="fixed",
        )
        fact = facts.write(conn, tenant_id, person_id, _fact(f"gosta de {canary}"))
    document = documents.add(
        app,
        tenant_id,
        Upload(title=f"título {canary}", source=canary, content=canary.encode()),
    )
    with app.tenant(tenant_id) as conn:
        documents.begin_reading(
            conn,
            _about(work, document.id),
            [_passage(tenant_id, canary)],
            terms_version=terms.VERSION,
            format_name="txt",
            pages=None,
        )
        documents.make_ready(
            conn,
            _about(work, document.id),
            Unread(title=f"título {canary}", source=canary, content=None, status="reading"),
        )
    unread = documents.add(
        app, tenant_id, Upload(title=f"novo {canary}", source=canary, content=canary.encode())
    )
    errand_id = new_id()
    errands.begin(
        app, tenant_id, errand_id, Errand(kind="recall", asked={"user_id": user, "query": canary})
    )
    told_errand_id = new_id()
    errands.begin(app, tenant_id, told_errand_id, Errand(kind="recall", asked={}))
    with app.tenant(tenant_id) as conn:
        conn.execute(
            "UPDATE errands SET status = 'answered', answer = to_json(%s::text)"
            " WHERE tenant_id = %s AND id = %s",
            [canary, tenant_id, told_errand_id],
        )
    import_id = imports.begin(app, tenant_id)
    imports.add_chunk(app, tenant_id, import_id, 0, [{"user_id": user, "text": canary}])
    ask(app, tenant_id, f"mais {canary}", user_id=user, conversation=TALK)
    with app.tenant(tenant_id) as conn:
        [last] = conn.execute(
            "SELECT id FROM turns WHERE tenant_id = %s AND person_id = %s AND status = 'queued'",
            [tenant_id, person_id],
        ).fetchall()
        [source] = conn.execute("SELECT id FROM data_sources").fetchall() or [{"id": new_id()}]
    return Owned(
        tenant_id=tenant_id,
        person_id=person_id,
        conversation_id=begun.conversation_id,
        turn_id=work.turn_id,
        open_turn=TurnId(last["id"]),
        work=work,
        call_id=call_id,
        errand_id=errand_id,
        told_errand_id=told_errand_id,
        import_id=import_id,
        source_id=source["id"],
        fact_id=fact.id,
        document_id=document.id,
        unread_document_id=unread.id,
        erasure_id=erasures.begin(app, tenant_id, user, canary.encode()),
        canary=canary,
    )


def _record(canary: str) -> AnswerRecord:
    call = ToolCall(
        name="sales_query_metrics",
        arguments={"metrics": [canary]},
        outcome=ToolOutcome(content=canary, ok=True, rows=1, sql=canary),
        started_ms=1,
        time_ms=1,
    )
    step = Step(kind="gather", name="memory", started_ms=0, time_ms=1, detail={"said": canary})
    plain = a_record(f"resposta {canary}")
    return AnswerRecord(
        text=plain.text,
        body=plain.body,
        query={"metrics": [canary]},
        model="offline",
        cached=False,
        time_ms=5,
        steps=(step,),
        tool_calls=(call,),
    )


def _about(work: Claim, subject_id: UUID) -> Claim:
    return Claim(
        **{**{name: getattr(work, name) for name in Claim.__slots__}, "subject_id": subject_id}
    )


def _passage(tenant_id: TenantId, canary: str) -> NewPassage:
    text = f"{canary} passagem"
    return NewPassage(
        section=canary,
        page=1,
        language="pt",
        text=text,
        terms=terms.terms_of(tenant_id, text),
    )


def _fact(text: str) -> NewFact:
    return NewFact(
        statement=Statement(subject=SELF, topic="gosto", text=text, noted_by="operator"),
        said_at=MOMENT,
    )


def _memory(
    tenant_id: TenantId, conversation_id: ConversationId, text: str, vector: list[float] | None
) -> NewMemory:
    return NewMemory(
        id=new_id(),
        conversation_id=conversation_id,
        turn_id=None,
        role="user",
        text=text,
        at=MOMENT,
        terms=terms.terms_of(tenant_id, text),
        vector=vector,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A call in the name of one tenant, that holds somebody else's ids."""

    app: Any
    #: Within its transaction, where the function takes one.
    conn: Conn
    #: The tenant that the call names.
    tenant_id: TenantId
    #: Whose things it asks for.
    of: Owned


def _search(a: Attempt, person_id: PersonId) -> Any:
    # By the words of whose tenant it is, and by a meaning that everything has.
    wanted = terms.terms_of(a.of.tenant_id, f"{a.of.canary} lembrança sem vetor")
    whole = talk.talk(
        a.conn,
        a.tenant_id,
        person_id,
        Wanted(
            terms=list(wanted),
            words=list(range(len(wanted))),
            vector=VECTOR,
            embedding_model="fixed",
        ),
        except_ids=[],
    )
    nos = {no for hits in whole.hits for (no,) in iter_unpack(">i", hits.nos)} if whole else set()
    return talk.lines(a.conn, a.tenant_id, person_id, sorted(nos))


def _passages(a: Attempt) -> Any:
    wanted = terms.terms_of(a.of.tenant_id, f"{a.of.canary} passagem")
    return passages.search(
        a.conn,
        a.tenant_id,
        Sought(
            terms=list(wanted),
            words=list(range(len(wanted))),
            vector=None,
            embedding_model=None,
        ),
        semantic_weight=0.3,
        least_passages=100,
        limit=50,
    )


def _claimed(a: Attempt, subject_id: UUID) -> Claim:
    """A claim that says it is the caller's, about a thing of the other's."""
    given = a.of.claim(subject_id)
    return Claim(
        **{
            **{name: getattr(given, name) for name in Claim.__slots__},
            "tenant_id": a.tenant_id,
        }
    )


def _payer(a: Attempt) -> Payer:
    return Payer(tenant_id=a.tenant_id, turn_id=a.of.turn_id, person_id=a.of.person_id, attempt=1)


def _erasure(a: Attempt) -> Erasure:
    return Erasure(
        id=a.of.erasure_id, tenant_id=a.tenant_id, person_id=a.of.person_id, user_id=USER
    )


def _exported(a: Attempt) -> list[Any]:
    whose = Exported(tenant_id=a.tenant_id, person_id=a.of.person_id, user_id=USER)
    return [read() for read in export.pages(a.app, whose)]


def _bare(a: Attempt) -> list[Bare]:
    return [
        Bare(
            person_id=a.of.person_id,
            no=no,
            text="other",
            is_new=False,
            has_vector=False,
            terms_version=0,
        )
        for no in range(1, 5)
    ]


def _submission(a: Attempt) -> Submission:
    return Submission(
        tenant_id=a.tenant_id,
        turn_id=TurnId(new_id()),
        user_id=USER,
        text="oi",
        channel="web",
        trace_id="0" * 32,
        digest=hashlib.sha256(b"oi").digest(),
        conversation=str(a.of.conversation_id),
    )


def _source(a: Attempt) -> KeptSource:
    return KeptSource(
        id=a.of.source_id,
        name="changed",
        engine="sqlite",
        sealed_dsn=b"changed",
        model="changed",
        is_default=False,
    )


Call = Callable[[Attempt], Any]

#: What is read: by the name of its function. With the walls away the other's word is in the answer.
READS: Mapping[str, Call] = {
    "chat_clients.agents": lambda a: chat_clients.agents(a.app, a.tenant_id),
    "chat_clients.last_asked": lambda a: chat_clients.last_asked(
        a.app, a.tenant_id, USER, str(a.of.conversation_id), f"mais {a.of.canary}"
    ),
    "data_sources.all_of": lambda a: data_sources.all_of(a.app, a.tenant_id),
    "data_sources.find": lambda a: data_sources.find(a.app, a.tenant_id, a.of.source_id),
    "erasures.receipt": lambda a: erasures.receipt(a.app, a.tenant_id, a.of.erasure_id),
    "erasures.open_erasure": lambda a: erasures.open_erasure(a.conn, _claimed(a, a.of.erasure_id)),
    "erasures.next_turns": lambda a: erasures.next_turns(a.conn, _erasure(a)),
    "documents.all_of": lambda a: documents.all_of(a.app, a.tenant_id, limit=50),
    "documents.bare": lambda a: documents.bare(
        a.conn, a.tenant_id, a.of.document_id, embedding_model="fixed", after=0, limit=50
    ),
    "documents.unread": lambda a: documents.unread(a.conn, _claimed(a, a.of.unread_document_id)),
    "errands.find": lambda a: errands.find(a.conn, _claimed(a, a.of.errand_id)),
    "errands.collect": lambda a: errands.collect(a.app, a.tenant_id, a.of.told_errand_id),
    "export.whom": lambda a: export.whom(a.app, a.tenant_id, USER),
    "export.pages": _exported,
    "facts.asked_model": lambda a: facts.asked_model(a.conn, a.tenant_id, a.of.turn_id),
    "facts.listed": lambda a: facts.listed(a.conn, a.tenant_id, a.of.person_id, history=True),
    "facts.told": lambda a: facts.told(a.conn, a.tenant_id, a.of.turn_id),
    "imports.progress": lambda a: imports.progress(a.app, a.tenant_id, a.of.import_id),
    "imports.is_over": lambda a: imports.is_over(a.app, a.tenant_id, a.of.import_id),
    "imports.next_chunk": lambda a: imports.next_chunk(a.conn, _claimed(a, a.of.import_id)),
    "known_facts.known": lambda a: known_facts.known(
        a.conn, a.tenant_id, a.of.person_id, terms=[], words=[], limit=50
    ),
    "known_facts.unindexed": lambda a: known_facts.unindexed(
        a.conn, a.tenant_id, a.of.person_id, terms_version=terms.VERSION
    ),
    "memories.bare": lambda a: memories.bare(
        a.conn, a.tenant_id, embedding_model="fixed", terms_version=terms.VERSION, limit=100
    ),
    "memories.unremembered": lambda a: memories.unremembered(a.conn, a.tenant_id, a.of.turn_id),
    "people.find": lambda a: people.find(a.conn, a.tenant_id, USER),
    "queue.lanes": lambda a: queue.lanes(a.conn, a.tenant_id),
    "queue.recent_failures": lambda a: queue.recent_failures(a.conn, a.tenant_id),
    "recent_messages.recent": lambda a: recent_messages.recent(
        a.conn, a.tenant_id, a.of.conversation_id, before=1_000, limit=50
    ),
    "passages.search": _passages,
    "talk.lines": lambda a: talk.lines(a.conn, a.tenant_id, a.of.person_id, list(range(1, 9))),
    "talk.talk": lambda a: _search(a, a.of.person_id),
    "tenants.agent": lambda a: tenants.agent(a.conn, a.tenant_id, AGENT),
    "tenants.data_source": lambda a: tenants.data_source(a.conn, a.tenant_id, str(a.of.source_id)),
    "tenants.data_source_stamp": lambda a: tenants.data_source_stamp(
        a.conn, a.tenant_id, str(a.of.source_id)
    ),
    "turn_list.page": lambda a: turn_list.page(a.conn, a.tenant_id, ALWAYS, before=None, limit=50),
    "turn_list.total": lambda a: turn_list.total(a.conn, a.tenant_id, ALWAYS),
    "turn_list.usage": lambda a: turn_list.usage(
        a.conn, a.tenant_id, ALWAYS, group_by="user", days=[]
    ),
    "turns.find": lambda a: turns.find(a.app, a.tenant_id, a.of.turn_id),
    "turns.standing": lambda a: turns.standing(a.app, a.tenant_id, [a.of.turn_id]),
    "views.asked": lambda a: views.asked(a.conn, a.tenant_id, a.of.turn_id),
    "views.conversation": lambda a: views.conversation(a.conn, a.tenant_id, a.of.conversation_id),
    "views.conversations": lambda a: views.conversations(
        a.conn, a.tenant_id, views.ChosenConversations(), before=None, limit=50
    ),
    "views.last_query": lambda a: views.last_query(a.conn, a.tenant_id, str(a.of.conversation_id)),
    "views.trace": lambda a: views.trace(a.conn, a.tenant_id, a.of.turn_id),
    "views.turns": lambda a: views.turns(
        a.conn, a.tenant_id, a.of.conversation_id, after=0, limit=50
    ),
}

#: What is written: nothing of the other's may be another afterwards.
WRITES: Mapping[str, Call] = {
    "data_sources.add": lambda a: data_sources.add(a.app, a.tenant_id, _source(a)),
    "data_sources.remove": lambda a: data_sources.remove(a.app, a.tenant_id, a.of.source_id),
    "data_sources.replace": lambda a: data_sources.replace(a.app, a.tenant_id, _source(a)),
    "documents.add": lambda a: documents.add(
        a.app, a.tenant_id, Upload(title="changed", source="", content=b"changed")
    ),
    "documents.begin_reading": lambda a: documents.begin_reading(
        a.conn,
        _claimed(a, a.of.unread_document_id),
        [_passage(a.tenant_id, "changed")],
        terms_version=terms.VERSION,
        format_name="txt",
        pages=None,
    ),
    "documents.embed": lambda a: documents.embed(
        a.conn, a.tenant_id, a.of.document_id, [1], [VECTOR], "other"
    ),
    "documents.fail": lambda a: documents.fail(a.conn, _claimed(a, a.of.unread_document_id), "x"),
    "documents.make_ready": lambda a: documents.make_ready(
        a.conn,
        _claimed(a, a.of.unread_document_id),
        Unread(title="changed", source="", content=None, status="reading"),
    ),
    "documents.remove": lambda a: documents.remove(a.app, a.tenant_id, a.of.document_id),
    "documents.want_vectors": lambda a: documents.want_vectors(a.conn, a.tenant_id, "other"),
    "erasures.begin": lambda a: erasures.begin(a.app, a.tenant_id, USER, b"digest"),
    "erasures.failed": lambda a: erasures.failed(a.conn, _claimed(a, a.of.erasure_id)),
    "erasures.finish": lambda a: erasures.finish(a.conn, _claimed(a, a.of.erasure_id), _erasure(a)),
    "erasures.halt": lambda a: erasures.halt(a.conn, _erasure(a)),
    "erasures.prune_imports": lambda a: erasures.prune_imports(a.conn, _erasure(a)),
    "erasures.take_rows": lambda a: erasures.take_rows(a.conn, _erasure(a)),
    "erasures.take_turns": lambda a: erasures.take_turns(
        a.conn, _erasure(a), [a.of.turn_id, a.of.open_turn], events=0
    ),
    "errands.answer": lambda a: errands.answer(a.app, _claimed(a, a.of.errand_id), "changed"),
    "errands.begin": lambda a: errands.begin(
        a.app, a.tenant_id, new_id(), Errand(kind="parse", asked={})
    ),
    "errands.refuse": lambda a: errands.refuse(
        a.app, _claimed(a, a.of.errand_id), Refusal(code="x", detail="x")
    ),
    "errands.withdraw": lambda a: errands.withdraw(a.app, a.tenant_id, a.of.errand_id),
    "facts.note": lambda a: facts.note(
        a.conn, a.tenant_id, a.of.person_id, [_fact("gosta de outra coisa")]
    ),
    "facts.remove": lambda a: facts.remove(a.conn, a.tenant_id, a.of.person_id, a.of.fact_id),
    "facts.replace": lambda a: facts.replace(
        a.conn, a.tenant_id, a.of.person_id, a.of.fact_id, "changed", at=MOMENT
    ),
    "facts.write": lambda a: facts.write(a.conn, a.tenant_id, a.of.person_id, _fact("changed")),
    "imports.abandon": lambda a: imports.abandon(a.app, a.tenant_id, a.of.import_id),
    "imports.add_chunk": lambda a: imports.add_chunk(a.app, a.tenant_id, a.of.import_id, 7, []),
    "imports.begin": lambda a: imports.begin(a.app, a.tenant_id),
    "imports.chunk_done": lambda a: imports.chunk_done(
        a.conn, _claimed(a, a.of.import_id), 0, stored=1, repeated=0
    ),
    "imports.conversations": lambda a: imports.conversations(
        a.conn,
        a.tenant_id,
        [Told(person_id=a.of.person_id, name=TALK, first_at=MOMENT, last_at=MOMENT)],
    ),
    "imports.done": lambda a: imports.done(a.conn, _claimed(a, a.of.import_id)),
    "imports.failed": lambda a: imports.failed(a.conn, _claimed(a, a.of.import_id)),
    "imports.forget_abandoned": lambda a: imports.forget_abandoned(a.conn, a.tenant_id),
    "imports.received": lambda a: imports.received(
        a.app, a.tenant_id, a.of.import_id, lines=1, accepted=0, rejected=1
    ),
    "known_facts.index": lambda a: known_facts.index(
        a.conn, a.tenant_id, a.of.person_id, a.of.fact_id, [1], terms_version=terms.VERSION
    ),
    "llm_calls.open_call": lambda a: llm_calls.open_call(
        a.app, _payer(a), purpose=Purpose.ANSWER, provider="x", model="x"
    ),
    "llm_calls.settle": lambda a: llm_calls.settle(a.app, _payer(a), a.of.call_id, END),
    "memories.index_again": lambda a: memories.index_again(
        a.conn, a.tenant_id, _bare(a), [{1: 1}] * 4, terms.VERSION
    ),
    "memories.remember": lambda a: memories.remember(
        a.conn,
        a.tenant_id,
        a.of.person_id,
        [_memory(a.tenant_id, a.of.conversation_id, "other", None)],
        terms_version=terms.VERSION,
        embedding_model="fixed",
    ),
    "memories.renew": lambda a: memories.renew(
        a.conn, a.tenant_id, _bare(a), [[0.5] * 512] * 4, "other"
    ),
    "people.describe": lambda a: people.describe(
        a.conn, a.tenant_id, USER, role=Role.MANAGER, name="changed", attributes={}
    ),
    "people.lock": lambda a: people.lock(a.conn, a.tenant_id, USER, "web"),
    "submissions.submit": lambda a: submissions.submit(a.app, _submission(a)),
    "tenants.add_agent": lambda a: tenants.add_agent(
        a.conn,
        a.tenant_id,
        AgentPolicy(name=AGENT, sales_roles=frozenset()),
        is_default=False,
    ),
    "tenants.add_data_source": lambda a: tenants.add_data_source(
        a.conn, a.tenant_id, name=SOURCE, sealed_dsn=b"x", model="x", is_default=False
    ),
    "tenants.add_tenant": lambda a: tenants.add_tenant(a.conn, a.tenant_id, "changed"),
    "traces.add": lambda a: traces.add(a.conn, _claimed(a, a.of.turn_id), (), ()),
    "turns.begin": lambda a: turns.begin(a.app, _claimed(a, a.of.open_turn)),
    "turns.record_answer": lambda a: turns.record_answer(
        a.app, _claimed(a, a.of.open_turn), a_record()
    ),
    "turns.record_attempt": lambda a: turns.record_attempt(
        a.app, _claimed(a, a.of.open_turn), (), ()
    ),
    "turns.record_failure": lambda a: turns.record_failure(
        a.app, _claimed(a, a.of.open_turn), "internal"
    ),
}

#: Functions that have a tenant or a person among their arguments and read no rows of theirs, or only
#: those outside the wall, which hold no content: why.
NOT_ASKED: Mapping[str, str] = {
    "people.asker": "makes an object of a row",
    "tenants.add_api_key": "api_keys stand outside the wall, before a tenant is known",
    **dict.fromkeys(
        (
            f"tasks.{name}"
            for name in (
                "add",
                "add_begun",
                "bury",
                "finish",
                "give_back",
                "go_on",
                "retry",
            )
        ),
        "tasks stand outside the wall and hold no content; a claim is no caller's to name",
    ),
}


class OfAnother:
    """Says one tenant to the database, whatever tenant a statement names."""

    def __init__(self, database: Database, wall: TenantId) -> None:
        self._inner, self._wall = database, wall

    def tenant(self, tenant_id: TenantId) -> AbstractContextManager[Conn]:
        """The wall of the one, for a statement about the other."""
        del tenant_id
        return self._inner.tenant(self._wall)

    def open(self) -> AbstractContextManager[Conn]:
        return self._inner.open()


@contextmanager
def two_tenants(database: MigratedDatabase) -> Iterator[tuple[Database, Owned, Owned]]:
    """The application, what is mine, and what is another tenant's."""
    with opened(database.app_dsn) as app, opened(database.owner_dsn) as owner:
        owned = []
        for word in ("mine4417", "theirs8823"):
            tenant_id = a_tenant(owner, word).id
            with owner.tenant(tenant_id) as conn:
                tenants.add_data_source(
                    conn,
                    tenant_id,
                    name=SOURCE,
                    sealed_dsn=word.encode(),
                    model=word,
                    is_default=True,
                )
            owned.append(populate(app, tenant_id, word))
        yield app, owned[0], owned[1]


def without_policies(superuser_dsn: str) -> None:
    """Take row-level security away: only what a statement itself says is left."""
    with psycopg.connect(superuser_dsn) as conn:
        for (table,) in conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relrowsecurity"
        ).fetchall():
            conn.execute(
                sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
            )


def rows_of(superuser_dsn: str, tenant_id: TenantId) -> str:
    """A digest of all that a tenant has behind the wall."""
    found = hashlib.sha256()
    with psycopg.connect(superuser_dsn) as conn:
        tables = conn.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND a.attname = 'tenant_id'"
            " AND c.relname NOT IN ('tasks', 'api_keys') ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            rows = conn.execute(
                sql.SQL("SELECT held::text FROM {} held WHERE tenant_id = %s ORDER BY 1").format(
                    sql.Identifier(table)
                ),
                [tenant_id],
            ).fetchall()
            found.update(repr((table, rows)).encode())
    return found.hexdigest()
