"""How much of what was said months ago recall finds: `python -m tests.evals.recall [--only WAY]`.

Ten sellers in three languages, half of them held back. What the product finds is asked of the
product itself, over a Postgres of its own; the plain ways beside it see the same words and vectors.
About two minutes.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

from backend.domain.identity import ConversationId, PersonId, TenantId, new_id
from backend.llm.embeddings import LocalEmbedder
from backend.memory import terms
from backend.memory.recall import Asked, meaning_of, search
from backend.semantic.named_days import named_days
from backend.store import memories, people
from backend.store.database import Database
from backend.store.memories import NewMemory
from tests.evals.recall.history import PLACE
from tests.evals.recall.people import Person
from tests.evals.recall.people import people as sellers
from tests.evals.recall.question import Question
from tests.evals.recall.tally import DEPTHS, Finding, lines
from tests.evals.recall.ways import Plain, Way, plain
from tests.integration.stage import a_tenant, opened
from tests.services import clone, migrate_template, postgres_cluster, scratch_directory

PRODUCT = "recall"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.evals.recall", description=__doc__)
    parser.add_argument("--only", help="only this way: recall, bm25, vectors or fusion")
    only = parser.parse_args(arguments).only
    embedder = LocalEmbedder()
    with (
        scratch_directory() as scratch,
        postgres_cluster(*scratch) as postgres,
        clone(postgres, migrate_template(postgres)) as database,
        opened(database.owner_dsn, size=1) as owner,
        opened(database.app_dsn, size=2) as app,
    ):
        tenant_id = a_tenant(owner).id
        findings = [
            finding
            for person in sellers()
            for finding in _findings(app, tenant_id, person, embedder, only)
        ]
    for line in lines(findings):
        print(line)
    return 0


def _findings(
    app: Database, tenant_id: TenantId, person: Person, embedder: LocalEmbedder, only: str | None
) -> Iterator[Finding]:
    known = plain(tenant_id, person.history.said, embedder)
    person_id = _remember(app, tenant_id, person, known)
    words = {each.name: len(each.text.split()) for each in person.history.said}
    for question in person.questions:
        ways: dict[str, Way] = {
            "bm25": known.by_words,
            "vectors": known.by_meaning,
            "fusion": known.by_rank_fusion,
            PRODUCT: _recall(app, tenant_id, person_id, embedder, question),
        }
        for name, way in ways.items():
            if only not in (None, name):
                continue
            started = time.perf_counter()
            found = [way(question.text, depth) for depth in DEPTHS]
            seconds = (time.perf_counter() - started) / len(DEPTHS)
            yield Finding(
                way=name,
                kind=question.kind,
                language=person.language,
                held_back=person.held_back,
                shares=_shares(question, found),
                words=sum(words[each] for each in found[-1]),
                seconds=seconds,
            )


def _shares(question: Question, found: Sequence[Sequence[str]]) -> tuple[float, float] | None:
    if not question.evidence:
        return None
    at_five, at_ten = (
        len(question.evidence & set(names)) / len(question.evidence) for names in found
    )
    return at_five, at_ten


def _recall(
    app: Database,
    tenant_id: TenantId,
    person_id: PersonId,
    embedder: LocalEmbedder,
    question: Question,
) -> Way:
    def way(text: str, k: int) -> Sequence[str]:
        meaning = meaning_of(embedder, text)
        asked = Asked(text, meaning, named_days(text, question.today, PLACE))
        with app.tenant(tenant_id) as conn:
            found = search(conn, tenant_id, person_id, asked, limit=k)
        return [memory.line.external_id or "" for memory in found]

    return way


def _remember(app: Database, tenant_id: TenantId, person: Person, known: Plain) -> PersonId:
    """Keep the history as an import does, session by session."""
    with app.tenant(tenant_id) as conn:
        person_id = people.lock(conn, tenant_id, person.name, "web").person_id
        conversations: dict[str, ConversationId] = {}
        for each in person.history.said:
            if each.session not in conversations:
                conversations[each.session] = ConversationId(new_id())
                conn.execute(
                    "INSERT INTO conversations (tenant_id, id, person_id, channel, agent)"
                    " VALUES (%s, %s, %s, 'import', 'sales')",
                    [tenant_id, conversations[each.session], person_id],
                )
        memories.remember(
            conn,
            tenant_id,
            person_id,
            [
                NewMemory(
                    id=new_id(),
                    conversation_id=conversations[each.session],
                    turn_id=None,
                    role=each.speaker,
                    text=each.text,
                    at=each.at,
                    terms=terms.terms_of(tenant_id, each.text),
                    vector=vector.tolist(),
                    external_id=each.name,
                )
                for each, vector in zip(person.history.said, known.vectors, strict=True)
            ],
            terms_version=terms.VERSION,
            embedding_model=LocalEmbedder.model,
        )
    return person_id


if __name__ == "__main__":
    sys.exit(main())
