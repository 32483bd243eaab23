"""What nobody can undercut: `python -m ops.load.bare_loop`.

The provider's SDK with its defaults, the same prompts, the same SQL on the same database, and
nothing else: no queue, no memory, no trace, no check, nothing kept. It replays the model calls
of one answer, in as many threads as the worker has.
"""

import resource
import sys
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import structlog
from openai import OpenAI
from psycopg_pool import ConnectionPool

from backend.observe import logs
from ops.load.figure import percentile

log = structlog.get_logger(__name__)

#: As many connections as the worker has for a client's database.
POOL_SIZE = 4


class Order(msgspec.Struct):
    """`bodies` are the requests of one answer in order, `statements` the SQL of its tool calls."""

    base_url: str
    database_url: str
    threads: int
    answers: int
    bodies: list[dict[str, Any]]
    statements: list[str]


def main() -> None:
    """Do what each line of standard input orders, and log `bare.finished` with the outcome."""
    logs.configure("json", "bare")
    log.info("bare.ready")
    for line in sys.stdin:
        log.info("bare.finished", **_run(msgspec.json.decode(line, type=Order)))


def _run(order: Order) -> dict[str, float]:
    client = OpenAI(base_url=order.base_url, api_key="none", max_retries=0)
    times: deque[float] = deque()
    left = threading.Semaphore(order.answers)
    with ConnectionPool(order.database_url, min_size=1, max_size=POOL_SIZE, open=True) as pool:

        def work() -> None:
            while left.acquire(blocking=False):
                began = time.perf_counter()
                _answer(client, pool, order)
                times.append(time.perf_counter() - began)

        cpu, began = time.process_time(), time.perf_counter()
        with ThreadPoolExecutor(order.threads) as threads:
            for done in [threads.submit(work) for _ in range(order.threads)]:
                done.result()
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    client.close()
    return {
        "answers_per_second": len(times) / seconds,
        "p50_seconds": percentile(list(times), 0.5),
        "p95_seconds": percentile(list(times), 0.95),
        "cpu_ms": cpu / len(times) * 1000,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _answer(client: OpenAI, pool: ConnectionPool[Any], order: Order) -> None:
    statements = iter(order.statements)
    for body in order.bodies:
        completion: Any = client.chat.completions.create(**body)
        statement = next(statements, None) if completion.choices[0].message.tool_calls else None
        if statement:
            with pool.connection() as connection:
                # As the product printed it, with its values as literals.
                connection.execute(statement.encode()).fetchall()


if __name__ == "__main__":
    main()
