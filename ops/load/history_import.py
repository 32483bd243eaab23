"""A history that is brought: how fast its words and its vectors come, and whom it disturbs."""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import psycopg

from ops.load.bench import Bench, Figures, MeasurementFailed, is_answer
from ops.load.figure import Figure, percentile
from ops.load.process_meter import CpuMeter
from ops.load.questions import QUESTIONS
from ops.local.root import ROOT

LEAST_LINES_PER_SECOND = 3_000.0
#: Of what the encoder makes of the same texts when it does nothing else.
LEAST_SHARE = 0.8
PERSONS = 20
#: Between two questions, so that an answer's own work does not fill the processor.
PAUSE_SECONDS = 0.2
PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.1
#: The API waits for a while before it answers.
ANSWER_SECONDS = 120.0
_WORDS = [
    "pedido",
    "desconto",
    "cliente",
    "visita",
    "mercado",
    "padaria",
    "sexta",
    "entrega",
    "prazo",
    "boleto",
    "proposta",
    "reunião",
    "contrato",
    "março",
    "valor",
    "unidade",
    "frete",
    "caixa",
    "estoque",
    "novo",
    "produto",
    "tabela",
    "preço",
    "semana",
    "região",
    "vendedor",
    "meta",
    "comissão",
    "nota",
    "fiscal",
    "cotação",
    "amostra",
    "retorno",
    "orçamento",
    "pagamento",
    "atraso",
    "troca",
]


def measure(bench: Bench) -> Figures:
    """One history alone, for its speed; then another one beside a person who asks."""
    bench.model.behave(latency_ms=0)
    lines = bench.some(full=8_000, quick=2_000)
    first, second = _history("alone", lines), _history("beside", lines)
    alone = asyncio.run(_asked(bench, bench.some(full=60, quick=20)))
    bench.wait_until_quiet()
    before = _bare(bench, first)
    words_seconds, vectors_seconds, cpu = _brought(bench, first)
    after = _bare(bench, first)
    bare_rate = (before[0] + after[0]) / 2
    beside = _disturbed(bench, second)
    texts = f"{lines} lines of {PERSONS} persons"
    return [
        Figure(
            name="import.words_per_second",
            value=lines / words_seconds,
            unit="lines/s",
            bound=LEAST_LINES_PER_SECOND,
            sense="at least",
            measured=f"{texts}, from the first byte sent until all are recallable by their words: "
            f"{words_seconds:.1f} s",
        ),
        Figure(
            name="import.vectors_share",
            value=lines / vectors_seconds / bare_rate,
            unit="of the bare rate",
            bound=LEAST_SHARE,
            sense="at least",
            measured=f"{texts}: {lines / vectors_seconds:.0f} vectors/s in the database, from then "
            f"until none lacks its own, with {cpu['worker']:.2f} ms of CPU each in the worker and "
            f"{cpu['postgres']:.2f} in Postgres; the encoder alone made {before[0]:.0f}/s of the "
            f"same texts before and {after[0]:.0f}/s after, with {before[1]:.2f} and "
            f"{after[1]:.2f} ms of CPU each",
        ),
        Figure(
            name="import.turn_p95_ratio",
            value=percentile(beside, 0.95) / percentile(alone, 0.95),
            unit="times",
            measured=f"a person's questions without a model, one after the other, while such a history "
            f"is brought: p95 {percentile(beside, 0.95):.0f} ms of {len(beside)}, alone "
            f"{percentile(alone, 0.95):.0f} ms; p50 {percentile(beside, 0.5):.0f} ms and "
            f"{percentile(alone, 0.5):.0f} ms",
        ),
    ]


def _history(name: str, lines: int) -> Sequence[dict[str, Any]]:
    chance = random.Random(name)  # noqa: S311 - the same texts in each run
    began = datetime(2025, 1, 1, tzinfo=UTC)
    return [
        {
            "user_id": f"{name}-{number % PERSONS}",
            "conversation_id": f"{name}-{number // 1_000}",
            "role": "assistant" if number // PERSONS % 2 else "user",
            "text": f"{' '.join(chance.choices(_WORDS, k=chance.randint(6, 24)))} {number}",
            "at": (began + timedelta(minutes=number)).isoformat(),
            "external_id": str(number),
        }
        for number in range(lines)
    ]


def _bare(bench: Bench, history: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """The encoder given all texts at once, in a process that does no more: texts a second, CPU ms each."""
    said = subprocess.run(
        (sys.executable, "-m", "ops.load.bare_encoder"),
        cwd=ROOT,
        # The worker's: BLAS with one thread above all.
        env=bench.stack.worker_environment,
        input="\n".join(line["text"] for line in history[: len(history) // 4]),
        capture_output=True,
        check=True,
        text=True,
    )
    rate, cpu_ms = map(float, said.stdout.split())
    return rate, cpu_ms


def _brought(
    bench: Bench, history: Sequence[dict[str, Any]]
) -> tuple[float, float, dict[str, float]]:
    """Seconds until the words were recallable, from then until the vectors were there, and CPU for those.

    The CPU is in milliseconds a line.
    """
    import_id = _post(bench, history)
    meter = CpuMeter({name: bench.stack.published.pids[name] for name in ("worker", "postgres")})
    deadline = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(bench.stack.published.database_url, autocommit=True) as conn:
        while _count(conn, "SELECT count(*) FROM tasks WHERE kind IN ('import', 'renew')"):
            if time.monotonic() > deadline:
                raise MeasurementFailed("the vectors did not come")
            time.sleep(POLL_SECONDS)
        tenant_id = bench.stack.published.tenant_id
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant_id])
        over = time.time()
        cpu = {name: 1000 * used / len(history) for name, used in meter.used().items()}
        row = conn.execute(
            "SELECT status, stored, extract(epoch FROM finished_at - created_at)::float8,"
            " extract(epoch FROM finished_at)::float8 FROM imports WHERE id = %s",
            [import_id],
        ).fetchone()
        bare = _count(conn, "SELECT count(*) FROM memories WHERE embedding IS NULL")
    if row is None or row[:2] != ("done", len(history)) or bare:
        raise MeasurementFailed(f"the import ended as {row}, {bare} vectors are missing")
    return row[2], over - row[3], cpu


def _disturbed(bench: Bench, history: Sequence[dict[str, Any]]) -> Sequence[float]:
    """What questions took while a history was brought, in milliseconds."""
    bringing = Thread(target=_brought, args=(bench, history))
    bringing.start()
    beside: list[float] = []
    while bringing.is_alive():
        beside += asyncio.run(_asked(bench, 5))
    bringing.join()
    return beside


async def _asked(bench: Bench, questions: int) -> Sequence[float]:
    took: list[float] = []
    async with bench.client() as client:
        for _ in range(questions):
            began = time.perf_counter()
            response = await client.ask("import-asks", QUESTIONS["rules"])
            took.append((time.perf_counter() - began) * 1000)
            if not is_answer(response):
                raise MeasurementFailed(f"import: {response.status} {response.body}")
            await asyncio.sleep(PAUSE_SECONDS)
    return took


def _post(bench: Bench, history: Sequence[dict[str, Any]]) -> str:
    published = bench.stack.published
    address = urlsplit(published.api_url)
    body = "\n".join(json.dumps(line, ensure_ascii=False) for line in history).encode()
    connection = HTTPConnection(address.hostname or "", address.port or 80, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST",
            "/conversations/import",
            body,
            {"Authorization": f"Bearer {published.admin_key}"},
        )
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise MeasurementFailed(f"import: {answer.status} {content[:300]!r}")
    import_id: str = json.loads(content)["import_id"]
    return import_id


def _count(conn: psycopg.Connection[Any], query: str) -> int:
    row = conn.execute(query.encode()).fetchone()
    return 0 if row is None else int(row[0])
