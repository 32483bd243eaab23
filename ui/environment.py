"""What the console takes from its environment; nothing else here reads it.

`API_URL` is where the API answers, `UI_PORT` and `BIND_HOST` where the console does.
"""

import os
from urllib.parse import urlsplit

from ui.errors import EnvironmentUnusable

#: Every TCP port there is.
_PORTS = range(1, 65_536)


def api_url() -> str:
    """Without a slash at its end. Raises EnvironmentUnusable."""
    value = os.environ.get("API_URL") or "http://127.0.0.1:8000"
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnvironmentUnusable("API_URL: should be an http or https address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EnvironmentUnusable("API_URL: should hold no key, query or fragment")
    return value.rstrip("/")


def port() -> int:
    """Raises EnvironmentUnusable."""
    value = os.environ.get("UI_PORT") or "8501"
    if not value.isascii() or not value.isdecimal() or int(value) not in _PORTS:
        raise EnvironmentUnusable("UI_PORT: should be a port from 1 to 65535")
    return int(value)


def host() -> str:
    return os.environ.get("BIND_HOST") or "127.0.0.1"
