"""What a figure costs: to read a question, to compile it, to answer it without a model, and again.

The same questions as a person asks them, of the demo company; and a year of revenue by month over a
million order lines, on PostgreSQL and on DuckDB.
"""

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiler
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.parser import QuestionParser
from backend.semantic.source import ClientDatabase
from ops.load.bench import Bench, Figures, MeasurementFailed
from ops.load.figure import Figure, percentile
from ops.load.million_lines import MILLION, million_lines
from ops.local.root import ROOT

MOST_PARSE_MS = 3.0
MOST_COMPILE_MS = 5.0
MOST_FAST_PATH_MS = 40.0
MOST_CACHED_MS = 15.0
MOST_MILLION_MS = 150.0
#: Between two questions the worker has long gone to sleep.
PAUSE_SECONDS = 0.5
WARM_UP = 3

#: Read over and over. Of several kinds, since a question's kind decides what it costs.
QUESTIONS = (
    "Quanto vendemos no mês passado?",
    "Faturamento por região em 2025",
    "Quais os 5 produtos mais vendidos neste ano?",
    "ticket médio por vendedor no último trimestre",
    "Compare as vendas deste mês com o mês passado",
    "Evolução mensal das vendas em 2025, sem o Sul",
    "What was revenue by category last quarter?",
    "¿Cuántos pedidos hubo en marzo de 2025?",
)
_MONTHS = ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto")
_YEARS = (2024, 2025)


def measure(bench: Bench) -> Figures:
    return [
        *_in_process(bench),
        *asyncio.run(_over_http(bench)),
        *_a_million_lines(bench),
    ]


def _in_process(bench: Bench) -> Iterator[Figure]:
    model = load_model((ROOT / "knowledge" / "demo" / "sales.yaml").read_text(encoding="utf-8"))
    demo = bench.stack.logins.demo_reader_dsn
    if demo is None:
        raise MeasurementFailed("figures: the stack has no demo company")
    database = ClientDatabase(demo)
    try:
        members = SemanticLayer(model, database, "demo").members.all()
    finally:
        database.close()
    parser = QuestionParser(model, members)
    rounds = bench.some(full=60, quick=10)
    parse, compile_, baseline = list[float](), list[float](), list[float]()
    queries = list[MetricQuery]()
    for number, question in itertools.product(range(rounds + 1), QUESTIONS):
        began = time.perf_counter()
        reading = parser.read(
            question, today=bench.today, previous=None, language=Language.PORTUGUESE
        )
        parsed_at = time.perf_counter()
        question.casefold().split()
        split_at = time.perf_counter()
        if reading.query is None:
            raise MeasurementFailed(f"figures: {question!r} was not understood")
        # What was compiled once is kept by its shape: a compiler of its own has to do it all.
        fresh = Compiler(model)
        compiling_at = time.perf_counter()
        fresh.query(reading.query)
        compiled_at = time.perf_counter()
        if number > 0:
            parse.append((parsed_at - began) * 1000)
            baseline.append((split_at - parsed_at) * 1000)
            compile_.append((compiled_at - compiling_at) * 1000)
        queries.append(reading.query)
    kept = Compiler(model)
    again = [_timed_compile(kept, query) for query in [*queries, *queries]][len(queries) :]
    names = sum(map(len, members.values()))
    yield Figure(
        name="figures.parse_p50_ms",
        value=percentile(parse, 0.5),
        unit="ms",
        bound=MOST_PARSE_MS,
        measured=(
            f"p95 {percentile(parse, 0.95):.2f} ms; {len(parse)} readings of {len(QUESTIONS)} "
            f"questions against {names} names; splitting the words alone takes "
            f"{percentile(baseline, 0.5) * 1000:.1f} µs"
        ),
    )
    yield Figure(
        name="figures.compile_p50_ms",
        value=percentile(compile_, 0.5),
        unit="ms",
        bound=MOST_COMPILE_MS,
        measured=(
            f"p95 {percentile(compile_, 0.95):.2f} ms for a shape not seen before, gate included; "
            f"{percentile(again, 0.5):.3f} ms for one that is kept"
        ),
    )


def _timed_compile(compiler: Compiler, query: MetricQuery) -> float:
    began = time.perf_counter()
    compiler.query(query)
    return (time.perf_counter() - began) * 1000


async def _over_http(bench: Bench) -> Sequence[Figure]:
    """New questions and one that is asked again, in turn, so that both see the same machine."""
    pairs = bench.some(full=16, quick=6)
    asked = list(itertools.product(_YEARS, _MONTHS))[: pairs + WARM_UP]
    new, again, alive = list[float](), list[float](), list[float]()
    async with bench.client() as client:
        for number, (year, month) in enumerate(asked):
            question = f"Quanto vendemos em {month} de {year}?"
            for times, cached in ((new, False), (again, True)):
                await asyncio.sleep(PAUSE_SECONDS)
                began = time.perf_counter()
                response = await client.ask(f"figures-{number}-{cached}", question)
                took = (time.perf_counter() - began) * 1000
                if response.status != 200 or response.body["usage"]["llm_calls"]:
                    raise MeasurementFailed(f"figures: {response.status} {response.body}")
                if response.body["cached"] is not cached:
                    raise MeasurementFailed(f"figures: cached is not {cached}: {response.body}")
                times.append(took)
            began = time.perf_counter()
            await client.read("/livez")
            alive.append((time.perf_counter() - began) * 1000)
    new, again = new[WARM_UP:], again[WARM_UP:]
    told = f"of {len(new)} sparse questions; /livez p50 {percentile(alive, 0.5):.1f} ms"
    return [
        Figure(
            name="figures.fast_path_p50_ms",
            value=percentile(new, 0.5),
            unit="ms",
            bound=MOST_FAST_PATH_MS,
            measured=f"p95 {percentile(new, 0.95):.1f} ms {told}",
        ),
        Figure(
            name="figures.cached_p50_ms",
            value=percentile(again, 0.5),
            unit="ms",
            bound=MOST_CACHED_MS,
            measured=f"p95 {percentile(again, 0.95):.1f} ms {told}",
        ),
    ]


def _a_million_lines(bench: Bench) -> Iterator[Figure]:
    repeats = bench.some(full=9, quick=3)
    with million_lines(bench.stack.logins) as layers:
        for engine, (layer, scan) in layers.items():
            took, bare = list[float](), list[float]()
            for number in range(repeats + 1):
                began = time.perf_counter()
                table = layer.answer(
                    MILLION,
                    role="manager",
                    attributes={},
                    permitted_roles=frozenset({"manager"}),
                )
                answered_at = time.perf_counter()
                scan()
                if len(table.rows) != 12:
                    raise MeasurementFailed(f"figures: {len(table.rows)} months on {engine}")
                if number > 0:
                    took.append((answered_at - began) * 1000)
                    bare.append((time.perf_counter() - answered_at) * 1000)
            yield Figure(
                name=f"figures.million_lines.{engine}_p50_ms",
                value=percentile(took, 0.5),
                unit="ms",
                bound=MOST_MILLION_MS,
                measured=(
                    f"a year of revenue by month over 1,000,000 lines of 250,000 orders; the same "
                    f"sum written by hand takes {percentile(bare, 0.5):.0f} ms"
                ),
            )
