"""JSON files that only their owner may read, replaced whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any

from ops.local.errors import DataDirectoryUnusable


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file; a reader sees the old content or the new, never a part."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """Read the file; None when there is none. Raises DataDirectoryUnusable for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise DataDirectoryUnusable(f"{path} is damaged: bring it back, or move it away.")
    return content
