"""How long recall takes for somebody who has said much, among many who have."""

import math
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import psycopg

from backend.domain.identity import ConversationId, PersonId, TenantId, new_id
from backend.memory import terms
from backend.memory.recall import Asked, Meaning, search
from backend.store import memories, people
from backend.store.database import Database
from backend.store.memories import NewMemory
from backend.store.vectors import literal
from ops.load.bench import Bench, Figures
from ops.load.figure import Figure, percentile

#: Of the one who is asked for.
TURNS = 10_000
#: Others with as much, each a copy.
OTHERS = 99
MOST_P95_MS = 25.0
#: Or so many times what Postgres alone takes to compare as many vectors and name the best.
MOST_OF_SCAN = 1.5
#: Kept together, as an import keeps them.
_COMMIT = 500
_WIDTH = 512
_MODEL = "bench"

_BARE_SCAN = """
SELECT no FROM memories WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s
 ORDER BY embedding <=> %(vector)s::halfvec LIMIT 30"""
_COPY_MEMORIES = """
INSERT INTO memories (tenant_id, person_id, no, id, conversation_id, role, text, at, words,
                      terms_version, embedding, embedding_model)
SELECT tenant_id, %(other)s, no, gen_random_uuid(), conversation_id, role, text, at, words,
       terms_version, embedding, embedding_model
  FROM memories WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s"""
_COPY_TERMS = """
INSERT INTO memory_terms (tenant_id, person_id, term, block, nos, counts)
SELECT tenant_id, %(other)s, term, block, nos, counts
  FROM memory_terms WHERE tenant_id = %(tenant_id)s AND person_id = %(person_id)s"""
_BYTES = """
SELECT pg_table_size('memories') AS rows, pg_indexes_size('memories') AS row_indexes,
       pg_table_size('memory_terms') AS terms, pg_indexes_size('memory_terms') AS term_indexes,
       (SELECT reltuples FROM pg_class WHERE oid = 'memories'::regclass) AS memories"""

_NAMES = ("União", "Mercado Central", "Serra Azul", "Horizonte", "Bela Nápoles", "Bom Preço")
_THINGS = ("desconto", "entrega", "boleto", "contrato", "amostra", "visita", "frete", "orçamento")
_DOINGS = ("pediu", "recusou", "aprovou", "adiou", "confirmou", "reclamou de", "perguntou por")


def measure(bench: Bench) -> Figures:
    """Recall and the bare scan by turns, so that both see the same machine."""
    others = bench.some(full=OTHERS, quick=9)
    rounds = bench.some(full=200, quick=40)
    stack = bench.stack
    tenant_id = TenantId(UUID(stack.published.tenant_id))
    database = Database(stack.logins.app_dsn, size=2, name="bench")
    database.start()
    try:
        person_id = _remember(database, tenant_id)
        _copy(database, tenant_id, person_id, others)
        with psycopg.connect(stack.published.database_url, autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE memories, memory_terms")
            row = owner.execute(_BYTES.encode()).fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        took = _timed(database, tenant_id, person_id, rounds)
    finally:
        database.close()
    return [*_times(took, others), *_sizes([float(each) for each in row])]


def _remember(database: Database, tenant_id: TenantId) -> PersonId:
    """A person with so many turns, in conversations of a commit each."""
    random = Random(1)  # noqa: S311 - the same every time is what is wanted
    said = list(_said(random))
    began = datetime.now(UTC) - timedelta(days=365)
    with database.tenant(tenant_id) as conn:
        person_id = people.lock(conn, tenant_id, "much-said", "web").person_id
    for start in range(0, TURNS, _COMMIT):
        texts = said[start : start + _COMMIT]
        vectors = [_vector(random) for _ in texts]
        with database.tenant(tenant_id) as conn:
            conversation_id = ConversationId(new_id())
            conn.execute(
                "INSERT INTO conversations (tenant_id, id, person_id, channel, agent)"
                " VALUES (%s, %s, %s, 'web', 'sales')",
                [tenant_id, conversation_id, person_id],
            )
            memories.remember(
                conn,
                tenant_id,
                person_id,
                [
                    NewMemory(
                        id=new_id(),
                        conversation_id=conversation_id,
                        turn_id=None,
                        role="assistant" if place % 2 else "user",
                        text=text,
                        at=began + timedelta(minutes=50 * (start + place)),
                        terms=terms.terms_of(tenant_id, text),
                        vector=vector,
                    )
                    for place, (text, vector) in enumerate(zip(texts, vectors, strict=True))
                ],
                terms_version=terms.VERSION,
                embedding_model=_MODEL,
            )
    return person_id


def _said(random: Random) -> Iterator[str]:
    """A few words that many messages have, and one or two that few do."""
    for _ in range(TURNS):
        yield (
            f"{random.choice(_NAMES)} {random.choice(_DOINGS)} {random.choice(_THINGS)}"
            f" {random.choice(_THINGS)} do pedido {random.randint(1, 4_000)}"
            f" com {random.choice(_NAMES)} na semana {random.randint(1, 52)}"
        )


def _vector(random: Random) -> list[float]:
    """Of length one; what it means makes no difference to how long it takes."""
    numbers = [random.gauss(0, 1) for _ in range(_WIDTH)]
    length = math.hypot(*numbers)
    return [number / length for number in numbers]


def _copy(database: Database, tenant_id: TenantId, person_id: PersonId, others: int) -> None:
    for _ in range(others):
        whose = {"tenant_id": tenant_id, "person_id": person_id, "other": new_id()}
        with database.tenant(tenant_id) as conn:
            conn.execute(_COPY_MEMORIES.encode(), whose)
            conn.execute(_COPY_TERMS.encode(), whose)


def _timed(
    database: Database, tenant_id: TenantId, person_id: PersonId, rounds: int
) -> tuple[Sequence[float], Sequence[float]]:
    """Milliseconds of each recall, and of each bare scan. The encoder is not part of either."""
    random = Random(2)  # noqa: S311
    recalls, scans = list[float](), list[float]()
    for number in range(rounds + 5):
        question = (
            f"O que {random.choice(_NAMES)} disse do {random.choice(_THINGS)}"
            f" no pedido {random.randint(1, 4_000)}?"
        )
        meaning = Meaning(_vector(random), _MODEL)
        recall_ms = _recall(database, tenant_id, person_id, Asked(question, meaning))
        scan_ms = _scan(database, tenant_id, person_id, meaning)
        if number >= 5:  # the first find plans and pages that later ones share
            recalls.append(recall_ms)
            scans.append(scan_ms)
    return recalls, scans


def _recall(database: Database, tenant_id: TenantId, person_id: PersonId, asked: Asked) -> float:
    began = time.perf_counter()
    with database.tenant(tenant_id) as conn:
        search(conn, tenant_id, person_id, asked, limit=10)
    return (time.perf_counter() - began) * 1000


def _scan(database: Database, tenant_id: TenantId, person_id: PersonId, meaning: Meaning) -> float:
    vector = literal(meaning.vector)
    began = time.perf_counter()
    with database.tenant(tenant_id) as conn:
        conn.execute(
            _BARE_SCAN.encode(),
            {"tenant_id": tenant_id, "person_id": person_id, "vector": vector},
        ).fetchall()
    return (time.perf_counter() - began) * 1000


def _times(took: tuple[Sequence[float], Sequence[float]], others: int) -> Figures:
    recall, scan = (percentile(each, 0.95) for each in took)
    half, half_scan = (percentile(each, 0.5) for each in took)
    measured = (
        f"p50 {half:.1f} ms among {(others + 1) * TURNS:,} rows; the bare exact scan"
        f" p50 {half_scan:.1f}, p95 {scan:.1f} ms"
    )
    # Whichever of the two promises is kept by more.
    bound = max(MOST_P95_MS, MOST_OF_SCAN * scan)
    return [
        Figure(name="recall.p95_ms", value=recall, unit="ms", measured=measured, bound=bound),
        Figure(
            name="recall.of_bare_scan",
            value=half / half_scan,
            unit="times",
            measured="medians of both, by turns",
        ),
    ]


def _sizes(row: Sequence[float]) -> Figures:
    *sizes, count = row
    each = [size / max(count, 1) for size in sizes]
    return [
        Figure(
            name="recall.bytes_per_memory",
            value=sum(each),
            unit="bytes",
            measured=f"rows {each[0]:.0f} and their indexes {each[1]:.0f}, terms {each[2]:.0f}"
            f" and their index {each[3]:.0f}",
        )
    ]
