"""`up`: the stack in the foreground, or behind a supervisor that stays when we return."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

from ops.local import console, demo, stack_file
from ops.local.configuration import Configuration
from ops.local.errors import SettingsInvalid, StackError
from ops.local.log_events import speak_through
from ops.local.ports import check_free
from ops.local.root import ROOT
from ops.local.stack import Stack
from ops.local.stack_file import StackFile
from ops.local.terminal import Terminal

POLL_SECONDS = 0.1


def up(configuration: Configuration, terminal: Terminal, *, with_demo: bool) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP, then stop it in order; a second one kills it.

    Raises a StackError when it cannot start; nothing runs then.
    """
    with configuration.data.held():
        configuration.data.stack_file.unlink(missing_ok=True)
        check_free(_ports(configuration))
        speak_through(terminal)
        asyncio.run(_run(configuration, terminal, with_demo=with_demo))
    terminal.say("stopped")


def detach(configuration: Configuration, terminal: Terminal, *, with_demo: bool) -> None:
    """Return when a stack behind us is healthy; `down` stops it. Raises its StackError."""
    configuration.data.create()
    log = configuration.data.logs / "supervisor.log"
    with log.open("ab") as output:
        begin = output.tell()
        supervisor = subprocess.Popen(
            (sys.executable, "-m", "ops.local", "up", "--background"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            start_new_session=True,
        )
    try:
        stack = _wait_until_healthy(configuration, supervisor)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        raise
    if stack is None:
        raise _reason(log, begin, supervisor.returncode)
    terminal.say(f"healthy at {stack.api_url}; keys in {configuration.data.stack_file}")
    console.tell(stack, terminal)
    terminal.say(f"`make down` stops it; its log is {log}")
    if with_demo:
        demo.show(stack, terminal)


async def _run(configuration: Configuration, terminal: Terminal, *, with_demo: bool) -> None:
    await Stack(configuration, terminal).run(with_demo=with_demo)


def _ports(configuration: Configuration) -> list[tuple[str, int]]:
    """Return the ports that this stack will listen on."""
    ports = configuration.ports
    wanted = [("the API", ports.api), ("the worker's metrics", ports.metrics)]
    if console.is_installed():
        wanted.append(("the console", ports.console))
    if configuration.database_url is None:
        wanted.append(("Postgres", ports.postgres))
    if configuration.redis_url is None:
        wanted.append(("Valkey", ports.valkey))
    return wanted


def _wait_until_healthy(
    configuration: Configuration, supervisor: subprocess.Popen[bytes]
) -> StackFile | None:
    """Return what it publishes; None when it ended first."""
    while supervisor.poll() is None:
        stack = stack_file.read(configuration.data.stack_file)
        if stack is not None and stack.pids.get("supervisor") == supervisor.pid:
            return stack
        time.sleep(POLL_SECONDS)
    return None


def _reason(log: Path, begin: int, status: int) -> StackError:
    """Return the error that the supervisor wrote last."""
    with log.open("rb") as output:
        output.seek(begin)
        lines = output.read().decode(errors="replace").strip().splitlines()
    message = lines[-1] if lines else f"The supervisor ended with status {status}."
    if status == SettingsInvalid.exit_code:
        return SettingsInvalid(message)
    return StackError(message)
