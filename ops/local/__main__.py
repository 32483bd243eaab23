"""The command line: `python -m ops.local up | down | ask | import`. The Makefile is how users call it."""

import argparse
import errno
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ops.local import configuration, stack_file
from ops.local.errors import DiskFull, ImportFailed, NotRunning, StackError
from ops.local.terminal import Terminal, complain

# What a shell reports for a program that Ctrl-C ended.
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; expected trouble becomes one line and a status."""
    try:
        _run(_parser().parse_args(arguments))
    except StackError as error:
        complain(str(error))
        return error.exit_code
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        complain(f"The disk is full: {error.filename or 'the data directory'} was not written.")
        return DiskFull.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the whole stack and keep it running")
    up.add_argument("--detach", action="store_true", help="return when it is healthy")
    up.add_argument("--no-demo", action="store_true", help="do not ask the demo question")
    up.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    commands.add_parser("down", help="stop the stack")
    ask = commands.add_parser("ask", help="ask the running stack, print the JSON answer")
    ask.add_argument("question")
    ask.add_argument("--user", help="who asks (default: the person of the examples)")
    bring = commands.add_parser("import", help="bring history (NDJSON) to the running stack")
    bring.add_argument("file")
    return parser


def _run(options: argparse.Namespace) -> None:
    # Each command imports what it needs: `down` should not wait for the databases' drivers.
    settings = configuration.load()
    if options.command == "up":
        from ops.local.up import detach, up

        # Only the stack's own Postgres has the demo company to ask about.
        with_demo = not options.no_demo and settings.database_url is None
        if options.detach:
            detach(settings, Terminal(), with_demo=with_demo)
        elif options.background:
            up(settings, Terminal(echo=False), with_demo=False)
        else:
            up(settings, Terminal(), with_demo=with_demo)
    elif options.command == "down":
        from ops.local.down import down

        down(settings.data, Terminal())
    elif options.command == "import":
        _import(_running(settings), options.file)
    else:
        from ops.local.ask import DEMO_USER, ask

        stack = _running(settings)
        answer = ask(stack, options.question, options.user or DEMO_USER)
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")


def _running(settings: configuration.Configuration) -> stack_file.StackFile:
    stack = stack_file.read(settings.data.stack_file)
    if stack is None:
        raise NotRunning("The stack is not running; `make up` starts it.")
    return stack


def _import(stack: stack_file.StackFile, file: str) -> None:
    from ops.local.import_file import import_file
    from ops.local.progress_bar import ProgressBar

    if not file:
        raise ImportFailed("Name a file: make import FILE=history.ndjson")
    bar = ProgressBar()
    try:
        brought = import_file(stack, Path(file), bar)
    finally:
        bar.close()
    sys.stdout.write(json.dumps(asdict(brought), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
