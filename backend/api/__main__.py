"""`python -m backend.api`: the door as a process. A clean stop is exit status 0, bad settings 2."""

import resource
import signal
import sys

from backend import settings
from backend.api.app import create_app
from backend.api.server import server
from backend.observe import logs, tracing
from backend.settings import SettingsInvalid

#: Twice the connections that are served at once (`backend/api/served.py`).
OPEN_FILES = 8_192


def main() -> int:
    try:
        chosen = settings.load()
        logs.configure(chosen.log_format, "api")
        app = create_app(chosen)
        tracing.start(process="api", **chosen.tracing)
    except SettingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _raise_file_limit()
    # uvicorn raises the signal again after its clean stop; by then there is nothing left to do.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    server(app, chosen, app.door.drain).run()
    tracing.stop()
    return 0


def _raise_file_limit() -> None:
    """Each stream and socket is an open file, and the usual soft limit is 1,024."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    sys.exit(main())
