"""Read a document of any format. Runs in a process of its own: see `reading_process.py`."""

from backend.domain.documents import DocumentEmpty
from backend.knowledge.blocks import Read
from backend.knowledge.formats import format_of, text_of


def read(content: bytes) -> Read:
    """Raises a DocumentRefused that says why it cannot be used."""
    found = _read(content)
    if not any(block.text for block in found.blocks if not block.level):
        raise DocumentEmpty
    return found


def _read(content: bytes) -> Read:
    # Each reader is loaded only for its own format: a process reads one document.
    match format_of(content):
        case "pdf":
            from backend.knowledge.pdf import read_pdf

            return read_pdf(content)
        case "docx":
            from backend.knowledge.docx_file import read_docx

            return read_docx(content)
        case "xlsx":
            from backend.knowledge.xlsx_file import read_xlsx

            return read_xlsx(content)
        case "html":
            from backend.knowledge.html import read_html

            return read_html(text_of(content))
        case "markdown":
            from backend.knowledge.markdown import read_markdown

            return read_markdown(text_of(content))
        case "text":
            from backend.knowledge.plain_text import read_text

            return read_text(text_of(content))
