"""Names in paths. An escaped slash (`%2F`) belongs to the name it stands in and parts no path.

Servers decode a path before anybody routes it, and then `/users/a%2Fb` has three parts. So a
request is routed with its slashes and percent signs still escaped, and `name_in` undoes that.
"""

import re
from urllib.parse import unquote

from litestar.types import HTTPScope

_KEPT = re.compile("%(?=25|2f)", re.IGNORECASE)
_ESCAPES = re.compile("%(?:25|2f)", re.IGNORECASE)


def keep_slashes(scope: HTTPScope) -> None:
    """Let the request be routed by the path as its caller parted it."""
    scope["path"] = unquote(_KEPT.sub("%25", scope["raw_path"].decode("ascii")))


def name_in(part: str) -> str:
    """The name that a routed part of a path stands for."""
    return _ESCAPES.sub(lambda found: unquote(found[0]), part)
