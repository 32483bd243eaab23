"""Give a person a history: answered turns with messages and memories, as the product keeps them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from psycopg.types.json import Jsonb

from backend.domain.identity import ConversationId, PersonId, TenantId, new_id
from backend.jobs.remember_turn import new_memory
from backend.llm.embeddings import LocalEmbedder
from backend.memory import terms
from backend.store import memories, people
from backend.store.database import Conn, Database
from backend.store.memories import Unremembered

CHANNEL = "web"
AGENT = "sales"
_MINUTE = timedelta(minutes=1)

_ADD_CONVERSATION = """
INSERT INTO conversations (tenant_id, id, person_id, channel, agent, last_seq)
VALUES (%(tenant_id)s, %(id)s, %(person_id)s, %(channel)s, %(agent)s, %(turns)s)"""
_ADD_TURN = """
INSERT INTO turns (tenant_id, id, conversation_id, person_id, seq, channel, agent, status,
                   asked_at, finished_at, attempt, trace_id, answer)
VALUES (%(tenant_id)s, %(id)s, %(conversation_id)s, %(person_id)s, %(seq)s, %(channel)s, %(agent)s,
        'answered', %(at)s, %(at)s, 1, %(trace_id)s, %(answer)s)"""
_ADD_MESSAGE = """
INSERT INTO messages (tenant_id, id, conversation_id, turn_id, author, text, at)
VALUES (%(tenant_id)s, %(id)s, %(conversation_id)s, %(turn_id)s, %(author)s, %(text)s, %(at)s)"""


def give_history(database: Database, tenant_id: TenantId, user_id: str, turns: int) -> None:
    """One conversation of so many turns, all of one length, the last of them a minute ago."""
    said = [
        (f"Quanto vendemos na semana {number:04}?", f"Na semana {number:04} foram R$ 1.234,56.")
        for number in range(turns)
    ]
    vectors = LocalEmbedder().embed([text for pair in said for text in pair])
    with database.tenant(tenant_id) as conn:
        person_id = people.lock(conn, tenant_id, user_id, CHANNEL).person_id
        conversation_id = ConversationId(new_id())
        conn.execute(
            _ADD_CONVERSATION,
            {
                "tenant_id": tenant_id,
                "id": conversation_id,
                "person_id": person_id,
                "channel": CHANNEL,
                "agent": AGENT,
                "turns": turns,
            },
        )
        began = datetime.now(UTC) - turns * _MINUTE
        for seq, (question, answer) in enumerate(said, start=1):
            messages = _add_turn(
                conn,
                tenant_id,
                person_id,
                conversation_id,
                seq=seq,
                said=(question, answer),
                at=began + (seq - 1) * _MINUTE,
            )
            memories.remember(
                conn,
                tenant_id,
                person_id,
                [
                    new_memory(tenant_id, message, vector)
                    for message, vector in zip(
                        messages, vectors[2 * seq - 2 : 2 * seq], strict=True
                    )
                ],
                terms_version=terms.VERSION,
                embedding_model=LocalEmbedder.model,
            )


def _add_turn(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    conversation_id: ConversationId,
    *,
    seq: int,
    said: tuple[str, str],
    at: datetime,
) -> Sequence[Unremembered]:
    """Store an answered turn; returns its two messages."""
    question, answer = said
    turn_id = new_id()
    conn.execute(
        _ADD_TURN,
        {
            "tenant_id": tenant_id,
            "id": turn_id,
            "conversation_id": conversation_id,
            "person_id": person_id,
            "seq": seq,
            "channel": CHANNEL,
            "agent": AGENT,
            "at": at,
            "trace_id": turn_id.hex,
            "answer": Jsonb({"response": answer, "language": "pt"}),
        },
    )
    asked = Unremembered(
        id=new_id(),
        author="user",
        text=question,
        at=at,
        person_id=person_id,
        conversation_id=conversation_id,
        turn_id=turn_id,
    )
    answered = Unremembered(
        id=new_id(),
        author="agent",
        text=answer,
        at=at,
        person_id=person_id,
        conversation_id=conversation_id,
        turn_id=turn_id,
    )
    for message in (asked, answered):
        conn.execute(
            _ADD_MESSAGE,
            {
                "tenant_id": tenant_id,
                "id": message.id,
                "conversation_id": conversation_id,
                "turn_id": turn_id,
                "author": message.author,
                "text": message.text,
                "at": at,
            },
        )
    return (asked, answered)
