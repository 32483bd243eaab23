"""The `Prefer` header (RFC 7240): whether a caller waits for the answer, and how long.

Unknown and malformed preferences are ignored, as the standard asks.
"""

import re
from collections.abc import Sequence

#: As CHAT_WAIT_SECONDS: no caller holds a connection longer.
LONGEST_SECONDS = 300
_WAIT = re.compile(r'wait\s*=\s*"?(\d{1,6})"?', re.ASCII | re.IGNORECASE)


def wait_seconds(headers: Sequence[str], default: float) -> float:
    """How long to wait. `wait=N` decides where it is given; else `respond-async` is no wait."""
    preferences = [each.split(";")[0].strip() for header in headers for each in header.split(",")]
    for preference in preferences:
        found = _WAIT.fullmatch(preference)
        if found is not None:
            return float(min(int(found[1]), LONGEST_SECONDS))
    if any(preference.lower() == "respond-async" for preference in preferences):
        return 0.0
    return default
