"""`/keys`, a volume that the one-shot commands write and the services read: no key is a default.

Every file is readable by our user and group alone; a service with another user joins the group.
"""

import os
from pathlib import Path

KEYS = Path("/keys")
# Owner and group; nobody else.
_MODE = 0o440


def write(name: str, content: str) -> None:
    """Replace the file whole: a reader sees the old content or the new, never a part."""
    draft = KEYS / f"{name}.new"
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(KEYS / name)


def read(name: str) -> str | None:
    """Return the file's content; None when there is none."""
    try:
        return (KEYS / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
