"""The command line: `python -m ops.load [--quick] [--only NAME] [--output FILE]`."""

import argparse
import json
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from ops.load import (
    console,
    crowd,
    fairness,
    history_import,
    process_meter,
    prompts,
    recalling,
    sales_figures,
    sparse,
    startup,
)
from ops.load.bench import Bench, Figures, MeasurementFailed
from ops.load.companion import CompanionFailed
from ops.load.figure import Figure
from ops.load.model_process import ModelProcess
from ops.load.stack_process import StackUnderTest, measured_settings
from ops.local.errors import StackError

Measurement = Callable[[Bench], Figures]
#: What a shell reports for a program that Ctrl-C ended.
INTERRUPTED = 130
NAMES = (
    *("prompts", "sparse", "figures", "crowd", "import", "console", "recall", "startup"),
    "fairness",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print each figure as it comes, and write all of them to --output."""
    options = _parser().parse_args(arguments)
    if not process_meter.measurable():
        return _complain("The bench reads CPU and memory from /proc, which this system lacks.")
    # Whoever stops us wants the stack stopped, too: the `with` blocks do that on the way out.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        figures = _measure(options)
    except (MeasurementFailed, CompanionFailed, StackError) as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    short = [figure.name for figure in figures if figure.verdict == "short"]
    print(f"\nshort: {', '.join(short) or 'none'}")
    if options.output is not None:
        options.output.write_text(json.dumps(_report(options, figures), indent=2) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, about a minute")
    parser.add_argument("--only", action="append", choices=NAMES, help="only this (repeatable)")
    parser.add_argument("--output", type=Path, help="write the figures there, as JSON")
    return parser


def _measure(options: argparse.Namespace) -> list[Figure]:
    today = date.today()  # noqa: DTZ011 - the day of the demo company, on this machine
    figures: list[Figure] = []
    with (
        ModelProcess(today) as model,
        StackUnderTest(settings=measured_settings(model.base_url), today=today) as stack,
    ):
        bench = Bench(stack=stack, model=model, today=today, quick=options.quick)
        print("starting the stack", flush=True)
        first_seconds = stack.up()
        measurements: dict[str, Measurement] = {
            "prompts": prompts.measure,
            "sparse": sparse.measure,
            "figures": sales_figures.measure,
            "crowd": crowd.measure,
            "import": history_import.measure,
            "console": console.measure,
            "recall": recalling.measure,
            "startup": partial(startup.measure, first_seconds=first_seconds),
            # Last: it leaves a backlog behind.
            "fairness": fairness.measure,
        }
        for name in options.only or NAMES:
            began = time.monotonic()
            bench.ask_models(name != "figures")
            try:
                measured = measurements[name](bench)
            except MeasurementFailed:
                _complain("\n".join(stack.last_errors()))
                raise
            print(f"\n{name}, {time.monotonic() - began:.0f} s")
            for figure in measured:
                print(figure.line(), flush=True)
            figures += measured
    return figures


def _report(options: argparse.Namespace, figures: Sequence[Figure]) -> dict[str, object]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in figures],
    }


def _complain(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
