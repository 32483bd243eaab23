"""`promtool` on everything here: the configuration, the rules, and the rules' own tests."""

import shutil
import subprocess

from ops.prometheus.files import CONFIGURATION, RULES, TESTS


def promtool() -> str | None:
    """The program, if this machine has it; Debian's package `prometheus` brings it."""
    return shutil.which("promtool")


def faults(program: str) -> list[str]:
    """What it has against our files, one text for each of its runs that failed."""
    rules, tests = (sorted(map(str, folder.glob("*.yml"))) for folder in (RULES, TESTS))
    runs = (
        # The key that the configuration names exists in a container only.
        ("check", "config", "--syntax-only", str(CONFIGURATION)),
        ("check", "rules", *rules),
        ("test", "rules", *tests),
    )
    done = [
        subprocess.run((program, *run), capture_output=True, check=False, text=True) for run in runs
    ]
    return [f"{run.stdout}{run.stderr}".strip() for run in done if run.returncode != 0]
