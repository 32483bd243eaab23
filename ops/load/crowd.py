"""64 questions in flight in one worker process: answers a second, their time, CPU and memory."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ops.load import process_meter
from ops.load.api_client import Response
from ops.load.bench import Bench, Figures, MeasurementFailed, is_answer
from ops.load.companion import Companion
from ops.load.figure import Figure, percentile
from ops.load.process_meter import CpuMeter
from ops.load.questions import DECISIONS, QUESTIONS, Road
from ops.load.stack_process import WORKER_THREADS

LATENCY_MS = 500.0
LEAST_ANSWERS_PER_SECOND = 40.0
MOST_P95_SECONDS = 2.0
MOST_API_MB = 130.0
MOST_WORKER_MB = 480.0
#: 40 a second of the 64 that are possible with two calls an answer; the same share for other roads.
LEAST_OF_CEILING = LEAST_ANSWERS_PER_SECOND / 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How a number of questions fared. `cpu` is seconds by process, remembering included."""

    asked: int
    answered: int
    seconds: float
    times: Sequence[float]
    cpu: dict[str, float]
    #: What everybody else on the machine used meanwhile, in cores.
    others: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


def measure(bench: Bench) -> Figures:
    """Every road in turn, each beside a bare loop that makes the same model calls."""
    figures: list[Figure] = []
    roads: tuple[Road, ...] = ("rules",) if bench.quick else ("rules", "model", "both")
    with Companion("ops.load.bare_loop", dict(os.environ)) as companion:
        companion.hear("bare.ready")
        for road in roads:
            figures += asyncio.run(_road(bench, companion, road))
    return [*figures, *_memory(bench)]


async def _road(bench: Bench, companion: Companion, road: Road) -> Figures:
    response, calls = await bench.one_answer(road, f"crowd-{road}")
    answers = bench.some(full=400, quick=192)
    # Each of the worker's threads and connections has worked once before it counts.
    await _crowd(bench, road, WORKER_THREADS)
    bench.model.behave(latency_ms=LATENCY_MS, decision=DECISIONS[road])
    bare = _bare(bench, companion, response.body, list(calls.bodies), answers)
    crowd = await _crowd(bench, road, answers)
    ceiling = WORKER_THREADS / (calls.calls * LATENCY_MS / 1000)
    beside = (
        f"{calls.calls} calls of {LATENCY_MS:.0f} ms an answer, so {ceiling:.0f}/s is the ceiling; "
        f"a bare SDK loop with the same prompts and SQL made {bare['answers_per_second']:.1f}/s; "
        f"others used {crowd.others:.1f} of {os.cpu_count()} cores"
    )
    if road == "rules":
        return [
            Figure(
                name="crowd.rules.answers_per_second",
                value=crowd.per_second,
                unit="/s",
                bound=LEAST_ANSWERS_PER_SECOND,
                sense="at least",
                measured=f"ratio {crowd.per_second / bare['answers_per_second']:.2f}: {beside}",
            ),
            Figure(
                name="crowd.rules.p95_seconds",
                value=percentile(crowd.times, 0.95),
                unit="s",
                bound=MOST_P95_SECONDS,
                measured=f"p50 {percentile(crowd.times, 0.5):.2f} s; the bare loop's p95 "
                f"{bare['p95_seconds']:.2f} s, p50 {bare['p50_seconds']:.2f} s",
            ),
            _lost(road, crowd),
            *_cpu(road, crowd, bare["cpu_ms"]),
        ]
    return [
        Figure(
            name=f"crowd.{road}.of_ceiling",
            value=crowd.per_second / ceiling,
            unit="of 1",
            bound=LEAST_OF_CEILING,
            sense="at least",
            measured=f"{crowd.per_second:.1f}/s, p95 {percentile(crowd.times, 0.95):.2f} s, "
            f"ratio {crowd.per_second / bare['answers_per_second']:.2f}: {beside}",
        ),
        _lost(road, crowd),
        *_cpu(road, crowd, bare["cpu_ms"]),
    ]


async def _crowd(bench: Bench, road: Road, answers: int) -> Crowd:
    """Ask so often, over as many connections as the worker has threads, a person on each."""
    pids = bench.stack.published.pids
    meter = CpuMeter(
        {name: pids[name] for name in ("api", "worker", "postgres", "valkey")}
        | {"fake model": bench.model.pid}
    )
    client, machine = time.process_time(), process_meter.machine_seconds()
    started = time.perf_counter()
    left = iter(range(answers))
    responses: list[Response] = []
    times: list[float] = []

    async def person(number: int) -> None:
        async with bench.client() as client:
            for _ in left:
                began = time.perf_counter()
                responses.append(await client.ask(f"{road}-{number}", QUESTIONS[road]))
                times.append(time.perf_counter() - began)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as people:
        for number in range(WORKER_THREADS):
            people.create_task(person(number))
    seconds = time.perf_counter() - began
    client = time.process_time() - client
    bench.wait_until_quiet()
    cpu = meter.used() | {"client": client}
    busy = process_meter.machine_seconds() - machine - sum(cpu.values())
    answered = {each.body["turn_id"] for each in responses if is_answer(each)}
    if not answered:
        raise MeasurementFailed(f"no question by {road} was answered: {responses[0]}")
    return Crowd(
        asked=answers,
        answered=len(answered),
        seconds=seconds,
        times=times,
        cpu=cpu,
        others=max(0.0, busy / (time.perf_counter() - started)),
    )


def _bare(
    bench: Bench,
    companion: Companion,
    body: dict[str, Any],
    bodies: list[dict[str, Any]],
    answers: int,
) -> dict[str, Any]:
    companion.tell(
        {
            "base_url": bench.model.base_url,
            "database_url": bench.stack.logins.demo_reader_dsn,
            "threads": WORKER_THREADS,
            "answers": answers,
            "bodies": bodies,
            "statements": [call["sql"] or "" for call in body["tool_calls"]],
        }
    )
    return companion.hear("bare.finished")


def _lost(road: Road, crowd: Crowd) -> Figure:
    return Figure(
        name=f"crowd.{road}.lost",
        value=crowd.asked - crowd.answered,
        unit="answers",
        bound=0,
        measured=f"{crowd.answered} of {crowd.asked} answered by the tool's own figure, each once",
    )


def _cpu(road: Road, crowd: Crowd, bare_ms: float) -> Figures:
    ms = {name: seconds / crowd.asked * 1000 for name, seconds in crowd.cpu.items()}
    told = ", ".join(f"{name} {value:.1f}" for name, value in ms.items())
    return [
        Figure(
            name=f"crowd.{road}.server_cpu_ms",
            value=ms["api"] + ms["worker"],
            unit="ms an answer",
            measured=f"by process: {told}; the bare loop's own {bare_ms:.1f} ms "
            f"(ratio {(ms['api'] + ms['worker']) / bare_ms:.1f})",
        ),
        Figure(
            name=f"crowd.{road}.postgres_cpu_ms",
            value=ms["postgres"],
            unit="ms an answer",
            measured="all of its processes: the product's rows and the client's query",
        ),
    ]


def _memory(bench: Bench) -> Figures:
    pids = bench.stack.published.pids
    return [
        Figure(
            name=f"memory.{name}_mb",
            value=process_meter.peak_memory_mb(pids[name]),
            unit="MB",
            bound=bound,
            measured="the most resident memory since its start, after all that was asked above",
        )
        for name, bound in (("api", MOST_API_MB), ("worker", MOST_WORKER_MB))
    ]
