"""`up`: the whole stack, in order, in the foreground, until it is told to stop."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Iterator

from ops.local import application, demo, secret_file
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.logging import speak_through
from ops.local.ports import check_free
from ops.local.postgres import Postgres
from ops.local.prepare import Logins, create_logins, embedded_logins, prepare
from ops.local.secret_file import StackSecrets
from ops.local.stack_file import DemoTenant, StackFile
from ops.local.supervisor import Supervisor
from ops.local.terminal import Terminal
from ops.local.valkey import Valkey


def up(configuration: Configuration, terminal: Terminal, *, with_demo: bool) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP; a second one ends it at once.

    Raises a StackError when it cannot start; nothing runs then.
    """
    with configuration.data.held():
        check_free(_ports(configuration))
        configuration.data.stack_file.unlink(missing_ok=True)
        speak_through(terminal)
        asyncio.run(_Stack(configuration, terminal).run(with_demo=with_demo))
