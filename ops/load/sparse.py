"""A question now and then: what the door, the queue and a second process add to an answer's time."""

import asyncio
import time

from ops.load.bench import Bench, Figures, MeasurementFailed, is_answer
from ops.load.companion import Companion
from ops.load.figure import Figure, percentile
from ops.load.questions import QUESTIONS

#: Between two questions the workers have long gone to sleep; a broker that polls shows it here.
PAUSE_SECONDS = 1.0
#: First answers load what later ones find: model of the data source, connections, compiled code.
WARM_UP = 3
MOST_ADDED_MS = 15.0


def measure(bench: Bench) -> Figures:
    """Alternate between the stack and the same steps inline, so that both see the same machine."""
    return asyncio.run(_measure(bench))


async def _measure(bench: Bench) -> Figures:
    bench.model.behave(latency_ms=0)
    pairs = bench.some(full=20, quick=6)
    through: list[float] = []
    inline: list[float] = []
    with Companion("ops.load.inline_answer", bench.stack.worker_environment) as companion:
        companion.hear("inline.ready")
        async with bench.client() as client:
            for number in range(WARM_UP + pairs):
                await asyncio.sleep(PAUSE_SECONDS if number >= WARM_UP else 0.1)
                began = time.perf_counter()
                response = await client.ask("sparse-stack", QUESTIONS["rules"])
                through.append((time.perf_counter() - began) * 1000)
                if not is_answer(response):
                    raise MeasurementFailed(f"sparse: {response.status} {response.body}")
                await asyncio.sleep(PAUSE_SECONDS if number >= WARM_UP else 0.1)
                inline.append(_inline(bench, companion))
    through, inline = through[WARM_UP:], inline[WARM_UP:]
    added = percentile(through, 0.5) - percentile(inline, 0.5)
    return [
        Figure(
            name="sparse.added_p50_ms",
            value=added,
            unit="ms",
            bound=MOST_ADDED_MS,
            measured=(
                f"p50 through the API {percentile(through, 0.5):.1f} ms "
                f"(p95 {percentile(through, 0.95):.1f}), the same steps inline "
                f"{percentile(inline, 0.5):.1f} ms (p95 {percentile(inline, 0.95):.1f}), "
                f"{pairs} of each in turn"
            ),
        )
    ]


def _inline(bench: Bench, companion: Companion) -> float:
    companion.tell(
        {
            "tenant_id": bench.stack.published.tenant_id,
            "user_id": "sparse-inline",
            "message": QUESTIONS["rules"],
        }
    )
    return float(companion.hear("inline.answered")["ms"])
