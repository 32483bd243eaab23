"""A tenant's own documents: how far one is, how large one may be, and why one is refused.

The docstring of a refusal is what the tenant reads of it.
"""

from typing import ClassVar, Literal

from backend.domain.errors import SalesCrewError

DocumentStatus = Literal["queued", "reading", "ready", "failed"]

#: A file, as it is uploaded. Manuals with pictures have this; their text is a hundredth of it.
MOST_BYTES = 20 * 1024 * 1024
#: Of text, in all: some 500 printed pages.
MOST_CHARACTERS = 2_000_000
MOST_PAGES = 500
#: Cells of all sheets that hold something.
MOST_CELLS = 200_000
#: What DOCX and XLSX, which are ZIP archives, may hold when unpacked, and in how many files.
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
MOST_ENTRIES = 5_000
#: Text packs ten to one, tables thirty to one; a bomb packs a thousand to one.
MOST_RATIO = 200
#: Of all of a tenant's documents. All are compared with each question, exactly: beyond this a
#: question would wait longer for them than for a model.
MOST_PASSAGES = 50_000


class DocumentRefused(SalesCrewError):
    """The document cannot be used."""

    code: ClassVar[str] = "document_refused"


class DocumentTypeUnknown(DocumentRefused):
    """The content is none of Markdown, plain text, PDF, DOCX, XLSX and HTML."""

    code = "document_type_unknown"


class DocumentEncrypted(DocumentRefused):
    """The document is encrypted or asks for a password; upload it without."""

    code = "document_encrypted"


class DocumentTooLarge(DocumentRefused):
    """The document has more pages, cells or text than can be taken up, or unpacks to too much."""

    code = "document_too_large"


class DocumentEmpty(DocumentRefused):
    """No text was found in the document; pictures of text are not read."""

    code = "document_empty"


class DocumentTooSlow(DocumentRefused):
    """Reading the document took too long."""

    code = "document_too_slow"


class DocumentUnreadable(DocumentRefused):
    """The document is damaged: it could not be read."""

    code = "document_unreadable"


class KnowledgeFull(DocumentRefused):
    """There is no room for more: delete documents that are not needed, then upload it again."""

    code = "knowledge_full"


REFUSALS: dict[str, type[DocumentRefused]] = {
    each.code: each
    for each in (
        DocumentRefused,
        DocumentTypeUnknown,
        DocumentEncrypted,
        DocumentTooLarge,
        DocumentEmpty,
        DocumentTooSlow,
        DocumentUnreadable,
        KnowledgeFull,
    )
}


def refusal(code: str) -> DocumentRefused:
    """The refusal with this code; of a code that is none of ours, that it cannot be used."""
    return REFUSALS.get(code, DocumentRefused)()
