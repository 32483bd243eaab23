"""Small documents of every format, made here: no file in the tree has to be believed."""

import io
import zipfile
from collections.abc import Sequence

import docx
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter

#: A line of a page, and how large its letters are.
Line = tuple[str, int]


def a_pdf(*pages: Sequence[Line]) -> bytes:
    """A PDF with these pages."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for lines in pages:
        drawn, y = [], 780
        for text, size in lines:
            y -= size + 8
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 {size} Tf 72 {y} Td ({escaped}) Tj ET")
        stream = "\n".join(drawn).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
            b" /Encoding /WinAnsiEncoding >> >> >> >>" % len(objects)
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def locked(pdf: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_docx(*parts: tuple[str, str] | Sequence[Sequence[str]]) -> bytes:
    """Paragraphs as (style, text), tables as rows of cells."""
    document = docx.Document()
    for part in parts:
        if isinstance(part, tuple):
            document.add_paragraph(part[1], style=part[0])
            continue
        table = document.add_table(rows=0, cols=len(part[0]))
        for cells in part:
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def an_xlsx(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_zip(**entries: bytes) -> bytes:
    """An archive with these entries; `__` in a name stands for `/` and `_` before `xml` for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


#: What the tests below look for in every format.
POLICY: tuple[tuple[Line, ...], ...] = (
    (
        ("Política de descontos", 20),
        ("1. Para que serve", 14),
        ("Esta política vale para todos os vendedores da empresa.", 10),
    ),
    (("2. Quem pode dar quanto", 14), ("Vendedor: até 5%, sem pedir autorização.", 10)),
    (("Gerente: até 12%, com registro no CRM.", 10),),
)
