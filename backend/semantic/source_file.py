"""Which file of this machine a data source may be: only one in a directory that is meant for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from backend.domain.errors import SalesCrewError


class SourceRefused(SalesCrewError):
    """The place of the data is not one that may be read."""

    code: ClassVar[str] = "source_refused"


def file_of(dsn: str, directories: Sequence[Path]) -> Path:
    """The file or folder of "sqlite:////path/to/file" or a plain path. Raises SourceRefused.

    Links are followed first, so that none leads out of the directories.
    """
    try:
        parts = urlsplit(dsn)
    except ValueError:
        # Its words may repeat the address, which may hold a login.
        raise SourceRefused("write the place as sqlite:////path/to/file") from None
    if parts.scheme and (parts.netloc or parts.query or parts.fragment):
        raise SourceRefused("write the place as sqlite:////path/to/file, with nothing after it")
    text = unquote(parts.path).removeprefix("/") if parts.scheme else dsn
    path = Path(text)
    if not path.is_absolute() or "\0" in text:
        raise SourceRefused("the path must be absolute: sqlite:////path/to/file")
    try:
        found = path.resolve()
    except (OSError, RuntimeError):  # links that lead to each other, before Python 3.13
        raise SourceRefused("the path leads nowhere") from None
    if not any(found.is_relative_to(each.resolve()) for each in directories):
        raise SourceRefused("the file is in no directory that DATA_SOURCE_DIRS allows")
    return found
