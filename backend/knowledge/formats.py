"""What a document is, by its content: names and declared types are anybody's to choose."""

import re
from typing import Literal

from backend.domain.documents import DocumentEncrypted, DocumentTypeUnknown
from backend.knowledge.archive import names_in

Format = Literal["markdown", "text", "html", "pdf", "docx", "xlsx"]

#: Old Office files, and also DOCX and XLSX that were encrypted with a password.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
#: A PDF's header may come after some bytes of another's.
_PDF_WITHIN = 1024
_TEXT_PROBED = 64 * 1024
_HTML = re.compile(
    r"^\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+(?:<!doctype\s+html|<html|<head|<body|<article|<main|<h1|<p|<div|<table)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|\|.*\||```|[-*] \S|---$)", re.MULTILINE)


def format_of(content: bytes) -> Format:
    """Raises DocumentTypeUnknown, DocumentEncrypted, DocumentTooLarge, DocumentUnreadable."""
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if content.startswith(_OLE):
        raise DocumentEncrypted if _ENCRYPTED_PACKAGE in content else DocumentTypeUnknown
    return _written(text_of(content))


def text_of(content: bytes) -> str:
    """The content as text. Raises DocumentTypeUnknown where it is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DocumentTypeUnknown from error
    if b"\x00" in content:
        raise DocumentTypeUnknown
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Windows programs write in Portuguese, Spanish and English.
        text = content.decode("cp1252", errors="replace")
    if _strange(text[:_TEXT_PROBED]):
        raise DocumentTypeUnknown
    return text


def _packed(content: bytes) -> Format:
    names = names_in(content)
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    raise DocumentTypeUnknown


def _written(text: str) -> Format:
    if _strange(text[:_TEXT_PROBED]):
        raise DocumentTypeUnknown
    if _HTML.match(text[:_TEXT_PROBED]):
        return "html"
    return "markdown" if _MARKDOWN.search(text) else "text"


def _strange(text: str) -> bool:
    """Whether it has more control characters and unknown letters than a text would."""
    odd = sum((letter < " " and letter not in "\t\n\r\f") or letter == "\ufffd" for letter in text)
    return odd > len(text) / 100
