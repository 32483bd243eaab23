"""What an operator's screen waits for: every read model over HTTP, beside 100,000 turns."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from ops.load.api_client import ApiClient, Response
from ops.load.bench import Bench, Figures, MeasurementFailed
from ops.load.busy_tenant import DAYS, BusyTenant, make_busy_tenant
from ops.load.figure import Figure, percentile

#: A person sees a page change at once up to about this.
MOST_P95_MS = 150.0
#: A page so far down that none of what it shows was read before.
DEEP_PAGES = 20

GROUPS = ("user", "model", "day", "channel", "agent")
FILTERS = (
    *("user_id=seller-0001", "channel=crm", "agent=assistant", "model=gpt-4o", "model=none"),
    *("status=answered", "status=failed"),
)
LIST_FILTERS = (
    *("decision=market", "tool=sales_query_metrics", "tool=nothing", "has_error=true"),
    "has_error=false",
)


def measure(bench: Bench) -> Figures:
    """Each read in turn, over and over, so that all of them see the same machine."""
    turns = bench.some(full=100_000, quick=10_000)
    tenant = make_busy_tenant(bench.stack.published.database_url, turns)
    return asyncio.run(_measure(bench, tenant, turns))


async def _measure(bench: Bench, tenant: BusyTenant, turns: int) -> Figures:
    rounds = bench.some(full=40, quick=5)
    period = f"from={bench.today - timedelta(days=DAYS - 1)}&to={bench.today}"
    async with ApiClient(bench.stack.published.api_url, tenant.operator_key) as client:
        reads = await _reads(client, period)
        took: dict[str, list[float]] = {path: [] for paths in reads.values() for path in paths}
        for number in range(rounds + 1):
            for path, times in took.items():
                began = time.perf_counter()
                await _read(client, path)
                if number > 0:  # the first finds plans and pages that later ones share
                    times.append((time.perf_counter() - began) * 1000)
        differing = await _differing(client, period)
    baseline = took.pop("/livez")
    return [
        *(
            _figure(name, {path: took[path] for path in paths}, baseline, turns)
            for name, paths in reads.items()
            if name != "baseline"
        ),
        Figure(
            name="console.figures_unlike_their_list",
            value=differing,
            unit="figures",
            bound=0,
            measured=f"turns of /usage and the total of /turns, {len(FILTERS) + 1} choices",
        ),
    ]


async def _reads(client: ApiClient, period: str) -> Mapping[str, Sequence[str]]:
    """What a console asks for, by the figure it counts into."""
    turns = (await _read(client, f"/turns?{period}")).body["turns"]
    turn, conversation = turns[0]["turn_id"], turns[0]["conversation_id"]
    listed = f"/turns?{period}"
    talks = f"/conversations?{period}"
    return {
        "baseline": ["/livez"],
        "turns": [
            *("/turns", listed, f"{listed}&limit=100", await _deep(client, listed)),
            *(f"{listed}&{each}" for each in (*FILTERS, *LIST_FILTERS)),
            f"{listed}&conversation_id={conversation}",
        ],
        "conversations": [
            *("/conversations", talks, await _deep(client, "/conversations?limit=100")),
            *(f"{talks}&{each}" for each in FILTERS[:3]),
            f"/conversations/{conversation}",
        ],
        "usage": [f"/usage?{period}&group_by={group}" for group in GROUPS],
        "usage_filtered": [
            f"/usage?{period}&group_by={group}&{each}" for group in GROUPS[:3] for each in FILTERS
        ],
        "queue": ["/queue"],
        "trace": [f"/turns/{turn}/trace"],
    }


async def _deep(client: ApiClient, path: str) -> str:
    """The path of a page far down the list."""
    cursor = ""
    for _ in range(DEEP_PAGES):
        cursor = (await _read(client, f"{path}{cursor}")).body["next_cursor"]
        if cursor is None:
            raise MeasurementFailed(f"console: {path} has no {DEEP_PAGES} pages")
        cursor = f"&cursor={cursor}"
    return f"{path}{cursor}"


async def _differing(client: ApiClient, period: str) -> int:
    """How many figures of the report are not the length of their list."""
    count = 0
    for each in ("", *FILTERS):
        listed = (await _read(client, f"/turns?{period}&{each}&limit=1")).body["total"]
        totals = (await _read(client, f"/usage?{period}&{each}")).body
        told = sum(row["turns"] for row in totals["rows"])
        count += not listed == totals["totals"]["turns"] == told
    return count


async def _read(client: ApiClient, path: str) -> Response:
    response = await client.read(path)
    if response.status != 200:
        raise MeasurementFailed(f"console: {path} got {response.status}: {response.body}")
    return response


def _figure(
    name: str, took: Mapping[str, Sequence[float]], baseline: Sequence[float], turns: int
) -> Figure:
    """The slowest of some reads, by its p95."""
    slowest = max(took, key=lambda path: percentile(took[path], 0.95))
    medians = sorted(percentile(times, 0.5) for times in took.values())
    return Figure(
        name=f"console.{name}.p95_ms",
        value=percentile(took[slowest], 0.95),
        unit="ms",
        bound=MOST_P95_MS,
        measured=(
            f"the slowest of {len(took)} at {turns} turns, {slowest}: p50 "
            f"{percentile(took[slowest], 0.5):.1f} ms; medians of all {medians[0]:.1f} to "
            f"{medians[-1]:.1f} ms; /livez p50 {percentile(baseline, 0.5):.1f} ms "
            f"(p95 {percentile(baseline, 0.95):.1f}), {len(baseline)} of each in turn"
        ),
    )
