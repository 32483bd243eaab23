"""Without a collector there is nothing: no import, no thread, and the span that stands for none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.observe import tracing
from backend.settings import Settings

ROOT = Path(__file__).parents[2]
#: What traces are made and sent with. (Redis's client loads OpenTelemetry's metrics, if they are there.)
LOADING = ("opentelemetry.sdk.trace", "opentelemetry.exporter")
_PROGRAM = """
import json, sys, threading
import backend.api.__main__, backend.api.app
from backend.observe import tracing
from backend.settings import Settings
chosen = Settings(_env_file=None, otel_exporter_otlp_endpoint={endpoint!r})
tracing.start(process="api", **chosen.tracing)
with tracing.span("work", "internal", {{}}):
    inside = tracing.traceparent()
print(json.dumps({{
    "loaded": [name for name in sys.modules if name.startswith({loading!r})],
    "threads": threading.active_count(),
    "traceparent": inside,
}}))
"""


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:9"])
def test_off_nothing_is_loaded_and_no_thread_runs(endpoint: str | None) -> None:
    program = _PROGRAM.format(endpoint=endpoint, loading=LOADING)
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found = json.loads(output)
    on = endpoint is not None
    assert bool(found["loaded"]) is on
    assert (found["threads"] > 1) is on
    assert (found["traceparent"] is not None) is on


def test_off_no_content_is_asked_for() -> None:
    tracing.start(process="test", **Settings(_env_file=None).tracing)
    with tracing.span("work", "internal", {}) as span:
        span.tell("gen_ai.input.messages", lambda: pytest.fail("nobody listens"))
        span.note({"sales.turn.attempt": 1})
        span.fail("internal")
    assert tracing.span("work", "internal", {}) is tracing.NO_SPAN
