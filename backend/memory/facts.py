"""What a turn is told of a person's facts: current ones, those that the question is about first."""

from collections.abc import Collection, Sequence
from uuid import UUID

from backend.domain.chat import Remembered
from backend.domain.facts import SELF, Statement, key_of
from backend.domain.identity import Asker, PersonId, TenantId
from backend.memory import terms
from backend.memory.fact_words import words_of_topic
from backend.store import known_facts
from backend.store.database import Conn
from backend.store.known_facts import Known

#: Characters of all facts that a turn is told, with the date before each: some 200 tokens.
FACTS_CHARACTERS = 600
#: Of a line besides its text: the date, who told it, and the quotes.
_LINE_CHARACTERS = 44
#: As many short facts as could fit, and some that recent turns tell already.
_LOOKED_AT = 24


def known(
    conn: Conn, asker: Asker, question: str, *, except_messages: Collection[UUID]
) -> tuple[Remembered, ...]:
    """The person's current facts within the allowance, the best first.

    What the recent turns tell word for word (`except_messages`) is not told twice.
    """
    _index(conn, asker.tenant_id, asker.person_id)
    asked = terms.asked_terms(asker.tenant_id, question)
    found = known_facts.known(
        conn,
        asker.tenant_id,
        asker.person_id,
        terms=asked.terms,
        words=asked.words,
        limit=_LOOKED_AT,
    )
    kept, left = list[Remembered](), FACTS_CHARACTERS
    for fact in found:
        if any(each in except_messages for each in fact.message_ids):
            continue
        line = _remembered(fact, words=len(set(asked.words)))
        left -= len(line.text) + _LINE_CHARACTERS
        if left < 0:
            break
        kept.append(line)
    return tuple(kept)


def fact_terms(tenant_id: TenantId, *, subject: str, topic: str, text: str) -> Sequence[int]:
    """What a fact is found by: its words, and those that its subject and topic are asked for with."""
    about = "" if subject == SELF else subject
    counts = terms.terms_of(tenant_id, f"{about} {text}")
    # Each word of a topic in the stems of every language, as questions are looked up.
    asked = terms.asked_terms(tenant_id, words_of_topic(topic))
    return sorted({*counts, *asked.terms})


def terms_of(tenant_id: TenantId, statement: Statement) -> Sequence[int]:
    return fact_terms(
        tenant_id, subject=statement.subject, topic=statement.topic, text=statement.text
    )


def _index(conn: Conn, tenant_id: TenantId, person_id: PersonId) -> None:
    """Give terms to what has none, or those of an older rule: what operators wrote, mostly."""
    for fact in known_facts.unindexed(conn, tenant_id, person_id, terms_version=terms.VERSION):
        known_facts.index(
            conn,
            tenant_id,
            person_id,
            fact.id,
            fact_terms(tenant_id, subject=fact.subject, topic=fact.topic, text=fact.text),
            terms_version=terms.VERSION,
        )


def _remembered(fact: Known, *, words: int) -> Remembered:
    names_subject = fact.subject == SELF or key_of(fact.subject) in key_of(fact.text)
    return Remembered(
        role="user",
        text=fact.text if names_subject else f"{fact.subject}: {fact.text}",
        at=fact.said_at.isoformat(),
        source="fact",
        score=round(fact.matched / words, 4) if words else 0.0,
        why={"fact": str(fact.id), "subject": fact.subject, "topic": fact.topic},
        told_by="operator" if fact.noted_by == "operator" else "user",
    )
