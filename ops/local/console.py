"""The operations console, as this stack runs it. It is told where the API is, and no secret."""

import sys
from importlib.util import find_spec

from ops.local import application
from ops.local.configuration import Configuration
from ops.local.ports import HOST
from ops.local.program import Program
from ops.local.root import ROOT
from ops.local.stack_file import StackFile
from ops.local.terminal import Terminal

#: What a program needs of the user's environment to run at all; `BIND_HOST` as the API has it.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "BIND_HOST")


def is_installed() -> bool:
    """Whether this environment holds the console's own packages, which the API's does not."""
    return find_spec("streamlit") is not None


def program(configuration: Configuration) -> Program:
    """Return the console; it needs the API to be there before anybody signs in, not to start."""
    given = configuration.environment
    environment = {name: given[name] for name in PASSED_ON if given.get(name)}
    return Program(
        name="console",
        command=(sys.executable, "-m", "ui"),
        environment=environment
        | {
            "API_URL": application.api_url(configuration),
            "UI_PORT": str(configuration.ports.console),
            "PYTHONUNBUFFERED": "1",
            # Streamlit would read settings and secrets of the user's own below the home directory.
            "HOME": str(configuration.data.path / "home"),
        },
        directory=ROOT,
        is_ready=lambda: application.answers(f"{url(configuration)}/_stcore/health"),
        ready_seconds=application.READY_SECONDS,
    )


def url(configuration: Configuration) -> str:
    """Return where the console answers."""
    return f"http://{HOST}:{configuration.ports.console}"


def tell(stack: StackFile, terminal: Terminal) -> None:
    """Say where it is and what opens it, where there is one."""
    if stack.ui_url is not None:
        terminal.say(f"the console is at {stack.ui_url}; the operator_key or admin_key opens it")
