"""Documents as their readers see them: what is there, where it stands, and what is refused."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.documents import (
    DocumentEmpty,
    DocumentEncrypted,
    DocumentRefused,
    DocumentTooLarge,
    DocumentTypeUnknown,
    DocumentUnreadable,
)
from backend.knowledge import archive, blocks, pdf, xlsx_file
from backend.knowledge.blocks import Block
from backend.knowledge.cut import LONGEST, cut
from backend.knowledge.formats import format_of
from backend.knowledge.reader import read
from tests.unit.document_files import POLICY, a_docx, a_pdf, a_zip, an_xlsx, locked

HTML = """<!doctype html><html><head><title>t</title><style>p {}</style></head><body>
<nav>menu</nav><h1>Política</h1><h2>Limites</h2><p>Vendedor: <b>até</b> 5%</p>
<script>document.write("escrito")</script><img src="http://elsewhere.example/x.png" alt="figura">
<iframe src="http://elsewhere.example/"></iframe><p style="display: none">oculto</p><p hidden>calado</p>
<table><tr><th>Cargo</th><th>Limite</th></tr><tr><td>Gerente</td><td>12%</td></tr></table>
<ul><li>um<li>dois</ul></body></html>"""
MARKDOWN = """---
title: x
---
# Política

## Limites

Vendedor **até** [5%](http://elsewhere.example)

| Cargo | Limite |
|---|---|
| Gerente | 12% |

```
# nenhum título
```
"""


def pieces(content: bytes, title: str = "Política") -> list[tuple[str, int | None, str]]:
    return [(each.section, each.page, each.text) for each in cut(read(content).blocks, title)]


def test_a_pdf_has_pages_and_headings() -> None:
    assert pieces(a_pdf(*POLICY), "descontos") == [
        ("1. Para que serve", 1, "Esta política vale para todos os vendedores da empresa."),
        ("2. Quem pode dar quanto", 2, "Vendedor: até 5%, sem pedir autorização."),
        ("2. Quem pode dar quanto", 3, "Gerente: até 12%, com registro no CRM."),
    ]


def test_markdown_has_headings_and_tables_and_no_marks() -> None:
    assert pieces(MARKDOWN.encode()) == [
        ("Limites", None, "Vendedor até 5%\nCargo: Limite\nGerente: 12%\n# nenhum título")
    ]


def test_html_shows_what_a_reader_would_see() -> None:
    assert pieces(HTML.encode()) == [
        ("Limites", None, "Vendedor: até 5%\nCargo: Limite\nGerente: 12%\num\ndois")
    ]


def test_docx_has_headings_and_tables() -> None:
    content = a_docx(
        ("Title", "Política"),
        ("Heading 1", "Limites"),
        ("Normal", "Vendedor até 5%."),
        [["Cargo", "Limite"], ["Gerente", "12%"]],
        ("Heading 2", "Exceções"),
        ("Normal", "Nenhuma."),
    )
    assert pieces(content) == [
        ("Limites", None, "Vendedor até 5%.\nCargo: Limite\nGerente: 12%"),
        ("Limites › Exceções", None, "Nenhuma."),
    ]


def test_xlsx_has_sheets_and_rows_that_tell_their_columns() -> None:
    content = an_xlsx(
        Limites=[["Cargo", "Limite", "Vale"], ["Vendedor", 5, True], ["Gerente", 12.5, None]],
        Vazia=[],
    )
    assert pieces(content) == [
        (
            "Limites",
            None,
            "Cargo | Limite | Vale\nCargo: Vendedor; Limite: 5; Vale: ✓\nCargo: Gerente; Limite: 12.5",
        )
    ]


def test_plain_text_has_numbered_and_shouted_headings() -> None:
    text = "Bem-vindo.\n\n1. Para que\n\nServe para vender.\n\nDAS DEVOLUÇÕES\n\nAté 7 dias."
    assert pieces(text.encode("cp1252")) == [
        ("", None, "Bem-vindo."),
        ("1. Para que", None, "Serve para vender."),
        ("DAS DEVOLUÇÕES", None, "Até 7 dias."),
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"so e texto", "text"),
        ("são".encode("utf-16"), "text"),
        ("são".encode("utf-8-sig"), "text"),
        (b"# Titulo", "markdown"),
        (b"\n <!DOCTYPE html><p>x", "html"),
        (b"<!-- a --><!-- b --><p>x", "html"),
        # Comments alone are no page, and reading a hundred takes no longer than reading one.
        (b"<!-- a -->" * 100 + b"<section>", "text"),
        (b"junk\n%PDF-1.4", "pdf"),
        (a_zip(word__document_xml=b"x"), "docx"),
        (a_zip(xl__workbook_xml=b"x"), "xlsx"),
    ],
)
def test_the_content_tells_the_format(content: bytes, found: str) -> None:
    assert format_of(content) == found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"MZ\x90\x00" + bytes(60), DocumentTypeUnknown),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), DocumentTypeUnknown),
        (bytes(range(1, 32)) * 20, DocumentTypeUnknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), DocumentTypeUnknown),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            DocumentEncrypted,
        ),
        (a_zip(mimetype=b"application/epub"), DocumentTypeUnknown),
        (locked(a_pdf(*POLICY), "segredo"), DocumentEncrypted),
        (b"%PDF-1.4 broken", DocumentUnreadable),
        (a_pdf(*POLICY)[:400], DocumentUnreadable),
        (b"PK\x03\x04 broken", DocumentUnreadable),
        (a_docx(("Normal", "x"))[:-40], DocumentUnreadable),
        (a_zip(word__document_xml=b"<broken"), DocumentUnreadable),
        (a_zip(xl__workbook_xml=b"<broken"), DocumentUnreadable),
        (a_pdf([("", 10)]), DocumentEmpty),
        (a_docx(("Normal", " ")), DocumentEmpty),
        (an_xlsx(Vazia=[]), DocumentEmpty),
        (b"<html><script>x()</script></html>", DocumentEmpty),
        (b" \n ", DocumentEmpty),
        (b"# So um titulo", DocumentEmpty),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    content: bytes, why: type[DocumentRefused]
) -> None:
    with pytest.raises(why):
        read(content)


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert len(pieces(locked(a_pdf(*POLICY), ""))) == 3


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(DocumentTooLarge):
        format_of(a_zip(word__document_xml=bytes(30_000_000)))


def test_an_archive_that_lies_about_its_size_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(a_zip(word__document_xml=b"x" * 50_000))
    # The directory at the end says 5 bytes instead of 50,000.
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (5).to_bytes(4, "little")
    monkeypatch.setattr(archive, "MOST_UNPACKED_BYTES", 1_000)
    with pytest.raises((DocumentTooLarge, DocumentUnreadable)):
        format_of(bytes(content))


@pytest.mark.parametrize(
    ("room", "limit", "content"),
    [
        (archive, "MOST_ENTRIES", a_zip(a=b"", b=b"", word__document_xml=b"x")),
        (archive, "MOST_UNPACKED_BYTES", a_docx(("Normal", "x"))),
        (pdf, "MOST_PAGES", a_pdf(*POLICY)),
        (pdf, "MOST_CHARACTERS", a_pdf(*POLICY)),
        (blocks, "MOST_CHARACTERS", b"mais de dois"),
    ],
)
def test_each_limit_holds(
    monkeypatch: pytest.MonkeyPatch, room: object, limit: str, content: bytes
) -> None:
    monkeypatch.setattr(room, limit, 2)
    with pytest.raises(DocumentTooLarge):
        read(content)


def test_cells_are_counted_also_where_they_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_CELLS", 3)
    with pytest.raises(DocumentTooLarge):
        read(an_xlsx(Folha=[["a", "b"], ["c", "d"]]))
    monkeypatch.setattr(xlsx_file, "MOST_CELLS", 1_000)
    monkeypatch.setattr(xlsx_file, "_MOST_WALKED", 50)
    with pytest.raises(DocumentTooLarge):
        read(an_xlsx(Folha=[["a"], *[[None]] * 60, ["b"]]))


ENTITIES = """<?xml version="1.0"?><!DOCTYPE x [
<!ENTITY file SYSTEM "file://{path}"><!ENTITY a "{lots}"><!ENTITY b "{more}">]>"""


def with_entities(content: bytes, name: str, path: str) -> bytes:
    """The archive, the entry `name` of which also tells what lies at `path`, and a bomb."""
    out = BytesIO()
    entities = ENTITIES.format(path=path, lots="A" * 1000, more="&a;" * 1000)
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            text = before.read(entry)
            if entry == name:
                text = text.replace(b"AQUI", b"AQUI &file; &b;")
                text = entities.encode() + text[text.index(b"?>") + 2 :]
            after.writestr(entry, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (a_docx(("Normal", "AQUI")), "word/document.xml"),
        (an_xlsx(Folha=[["AQUI"]]), "xl/sharedStrings.xml"),
    ],
)
def test_a_document_cannot_fetch_files_nor_swell(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    secret = tmp_path_factory.mktemp("entities") / "secret"
    secret.write_text("segredo da máquina")
    try:
        text = str(read(with_entities(content, name, str(secret))).blocks)
    except DocumentRefused:
        return
    assert "segredo" not in text
    assert "AAAA" not in text


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"# "]), st.binary(max_size=300)
)
def test_any_bytes_are_read_or_refused(opening: bytes, rest: bytes) -> None:
    try:
        found = read(opening + rest)
    except DocumentRefused:
        return
    assert any(block.text for block in found.blocks)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            Block,
            text=st.text(min_size=1, max_size=3_000),
            level=st.sampled_from([0, 0, 0, 1, 2]),
            page=st.none(),
        )
    )
)
def test_cutting_loses_nothing_and_makes_nothing_too_long(given_blocks: list[Block]) -> None:
    found = list(cut(given_blocks, ""))
    said = "".join("".join(each.text.split()) for each in found)
    body = "".join("".join(each.text.split()) for each in given_blocks if not each.level)
    assert said == body
    assert all(len(each.text) <= 2 * LONGEST for each in found)
