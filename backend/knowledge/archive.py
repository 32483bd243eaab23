"""DOCX and XLSX are ZIP archives: looked at before anything of them is unpacked."""

import io
import zipfile

from backend.domain.documents import (
    MOST_ENTRIES,
    MOST_RATIO,
    MOST_UNPACKED_BYTES,
    DocumentEncrypted,
    DocumentTooLarge,
    DocumentUnreadable,
)

#: Bytes of an entry below which no ratio matters.
_SMALL = 1024 * 1024
_ENCRYPTED = 0x1
_PIECE = 64 * 1024


def names_in(content: bytes) -> frozenset[str]:
    """What the archive holds. Raises DocumentTooLarge, DocumentEncrypted, DocumentUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise DocumentTooLarge
            for entry in entries:
                if entry.flag_bits & _ENCRYPTED:
                    raise DocumentEncrypted
                if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
                    raise DocumentTooLarge
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
                raise DocumentTooLarge
            _unpack(archive, entries)
            return frozenset(entry.filename for entry in entries)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DocumentUnreadable from error


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack all once, keeping nothing: what an entry says of its own size may be a lie."""
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED_BYTES:
                    raise DocumentTooLarge
