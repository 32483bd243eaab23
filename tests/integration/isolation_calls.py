"""Every function of the store that names a tenant or a person, called in the name of the wrong one."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import iter_unpack
from typing import Any
from uuid import UUID

from backend.domain.chat import Purpose
from backend.domain.identity import (
    PersonId,
    Role,
    TenantId,
    TurnId,
    new_id,
)
from backend.domain.turns import AgentPolicy
from backend.memory import terms
from backend.store import (
    chat_clients,
    data_sources,
    document_reading,
    documents,
    erasures,
    errands,
    export,
    facts,
    folding,
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
from backend.store.database import Conn
from backend.store.document_reading import Unread
from backend.store.documents import Upload
from backend.store.erasures import Erasure
from backend.store.errands import Errand, Refusal
from backend.store.export import Exported
from backend.store.imports import Told
from backend.store.llm_calls import Payer
from backend.store.memories import Bare
from backend.store.passages import Sought
from backend.store.submissions import Submission
from backend.store.talk import Wanted
from backend.store.tasks import Claim
from tests.integration.isolation_scene import (
    AGENT,
    ALWAYS,
    END,
    MOMENT,
    SOURCE,
    TALK,
    USER,
    VECTOR,
    Owned,
    a_fact,
    a_memory,
    a_passage,
)
from tests.integration.stage import a_record


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
    "document_reading.bare": lambda a: document_reading.bare(
        a.conn, a.tenant_id, a.of.document_id, embedding_model="fixed", after=0, limit=50
    ),
    "document_reading.unread": lambda a: document_reading.unread(
        a.conn, _claimed(a, a.of.unread_document_id)
    ),
    "errands.find": lambda a: errands.find(a.conn, _claimed(a, a.of.errand_id)),
    "errands.collect": lambda a: errands.collect(a.app, a.tenant_id, a.of.told_errand_id),
    "export.whom": lambda a: export.whom(a.app, a.tenant_id, USER),
    "export.pages": _exported,
    "facts.asked_model": lambda a: facts.asked_model(a.conn, a.tenant_id, a.of.turn_id),
    "facts.listed": lambda a: facts.listed(a.conn, a.tenant_id, a.of.person_id, history=True),
    "facts.told": lambda a: facts.told(a.conn, a.tenant_id, a.of.turn_id),
    "imports.progress": lambda a: imports.progress(a.app, a.tenant_id, a.of.import_id),
    "folding.oldest": lambda a: folding.oldest(a.conn, a.tenant_id, a.of.person_id, 50),
    "folding.size": lambda a: folding.size(a.conn, a.tenant_id, a.of.person_id),
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
    "document_reading.begin_reading": lambda a: document_reading.begin_reading(
        a.conn,
        _claimed(a, a.of.unread_document_id),
        [a_passage(a.tenant_id, "changed")],
        terms_version=terms.VERSION,
        format_name="txt",
        pages=None,
    ),
    "document_reading.embed": lambda a: document_reading.embed(
        a.conn, a.tenant_id, a.of.document_id, [1], [VECTOR], "other"
    ),
    "document_reading.fail": lambda a: document_reading.fail(
        a.conn, _claimed(a, a.of.unread_document_id), "x"
    ),
    "document_reading.make_ready": lambda a: document_reading.make_ready(
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
        a.conn, a.tenant_id, a.of.person_id, [a_fact("gosta de outra coisa")]
    ),
    "facts.remove": lambda a: facts.remove(a.conn, a.tenant_id, a.of.person_id, a.of.fact_id),
    "facts.replace": lambda a: facts.replace(
        a.conn, a.tenant_id, a.of.person_id, a.of.fact_id, "changed", at=MOMENT
    ),
    "facts.write": lambda a: facts.write(a.conn, a.tenant_id, a.of.person_id, a_fact("changed")),
    "folding.mark_digests": lambda a: folding.mark_digests(
        a.conn, a.tenant_id, a.of.person_id, [a.of.fact_id]
    ),
    "folding.remove": lambda a: folding.remove(
        a.conn, a.tenant_id, a.of.person_id, list(range(1, 9))
    ),
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
        [a_memory(a.tenant_id, a.of.conversation_id, "other", None)],
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
