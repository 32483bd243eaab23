"""Without a collector there is nothing: no import, no thread, no socket, and the span that stands for
none. With one, names are OpenTelemetry's, or start with `sales.`.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes, messaging_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes

from backend.observe import spans, tracing
from backend.settings import Settings
from tests.unit.observed import declared

ROOT = Path(__file__).parents[2]
#: What traces are made and sent with. (Redis's client loads OpenTelemetry's metrics, if they are there.)
LOADING = ("opentelemetry.sdk.trace", "opentelemetry.exporter")
_PROGRAM = """
import json, sys, threading
import backend.api.__main__, backend.api.app
from backend.observe import tracing
from backend.settings import Settings
endpoint = {endpoint!r}
chosen = Settings(_env_file=None, otel_exporter_otlp_endpoint=endpoint)
if endpoint is not None:
    from backend.observe import collector
    collector.SEND_SECONDS = 0.2  # nobody is there
sockets = []
sys.addaudithook(lambda event, _: sockets.append(event) if event == "socket.connect" else None)
tracing.start(process="api", **chosen.tracing)
with tracing.span("work", "internal", {{}}):
    inside = tracing.traceparent()
threads = threading.active_count()
tracing.stop()
print(json.dumps({{
    "loaded": [name for name in sys.modules if name.startswith({loading!r})],
    "threads": threads,
    "sockets": sockets,
    "traceparent": inside,
}}), file=sys.stderr)
"""


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:9"])
def test_off_nothing_is_loaded_and_no_thread_runs_and_no_socket_opens(
    endpoint: str | None,
) -> None:
    program = _PROGRAM.format(endpoint=endpoint, loading=LOADING)
    # Logs are told on standard output.
    output = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stderr
    found = json.loads(output)
    on = endpoint is not None
    assert bool(found["loaded"]) is on
    assert (found["threads"] > 1) is on
    assert bool(found["sockets"]) is on
    assert (found["traceparent"] is not None) is on


def test_off_no_content_is_asked_for() -> None:
    tracing.start(process="test", **Settings(_env_file=None).tracing)
    with tracing.span("work", "internal", {}) as span:
        span.tell("gen_ai.input.messages", lambda: pytest.fail("nobody listens"))
        span.note({"sales.turn.attempt": 1})
        span.fail("internal")
    assert tracing.span("work", "internal", {}) is tracing.NO_SPAN


def test_names_are_those_of_the_conventions_or_ours() -> None:
    known = {
        value
        for module in (gen_ai_attributes, messaging_attributes, error_attributes, http_attributes)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    used = {
        node.value
        for node in ast.walk(ast.parse(Path(spans.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if all(part.isidentifier() for part in node.value.split(".")) and "." in node.value
    }
    assert {"gen_ai.request.model", "messaging.system", "sales.cost_usd"} <= used
    assert {name for name in used if not name.startswith("sales.")} <= known
    # The metrics' labels are the same names, as Prometheus writes them.
    labels = {label for metric in declared() for label in metric._labelnames}
    labels = {label for label in labels if label.startswith("gen_ai_")}
    assert "gen_ai_request_model" in labels
    assert labels <= {name.replace(".", "_") for name in known}
