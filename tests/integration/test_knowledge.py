"""Documents over HTTP: uploaded, read, found with their place, replaced, deleted, and nobody else's."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import Figures, figures_stage
from tests.integration.patience import until
from tests.unit.document_files import POLICY, a_docx, a_pdf, a_zip, an_xlsx, locked

TEXT = """# Política de trocas

## Prazo

O cliente troca a mercadoria em até 9 dias depois da entrega.

## Quem paga o frete

O frete da troca é da empresa quando o erro foi nosso.
"""


@pytest.fixture(scope="module")
def on(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    with figures_stage(module_database, _valkey, tmp_path_factory.mktemp("knowledge")) as stage:
        yield stage


def write(on: Figures, key: str | None = None, **body: Any) -> httpx.Response:
    return on.post("/knowledge", body, key=key or on.on.a.admin)


def send(
    on: Figures, name: str, content: bytes, *, key: str | None = None, **fields: str
) -> httpx.Response:
    with on.on.door.client(key or on.on.a.admin) as client:
        return client.post("/knowledge", files={"file": (name, content)}, data=fields)


def listed(on: Figures, key: str | None = None) -> dict[str, dict[str, Any]]:
    found = on.get("/knowledge", key=key or on.on.a.admin).json()["documents"]
    return {each["id"]: each for each in found}


def settled(on: Figures, uploaded: httpx.Response, key: str | None = None) -> dict[str, Any]:
    """The document when a worker is done with it."""
    assert uploaded.status_code in (200, 201), uploaded.text
    identifier = uploaded.json()["id"]
    until(
        lambda: (
            listed(on, key).get(identifier, {"status": "ready"})["status"] in ("ready", "failed")
        ),
        seconds=30,
    )
    return listed(on, key).get(identifier, {})


def find(on: Figures, query: str, *, key: str | None = None, k: int = 5) -> list[dict[str, Any]]:
    with on.on.door.client(key or on.on.a.operator) as client:
        answer = client.get("/knowledge/search", params={"query": query, "k": k})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["passages"]
    return found


def test_a_text_is_found_with_its_place_when_it_is_ready(on: Figures) -> None:
    uploaded = write(on, title="Política de trocas", text=TEXT, source="wiki")
    assert uploaded.status_code == 201
    assert uploaded.json()["status"] == "queued"
    document = settled(on, uploaded)
    assert (document["status"], document["format"]) == ("ready", "markdown")
    assert document["passages"] == 2
    best = find(on, "em quantos dias o cliente pode trocar?")[0]
    assert best["citation"] == "Política de trocas — Prazo"
    assert best["text"] == "O cliente troca a mercadoria em até 9 dias depois da entrega."
    assert best["answers"]
    assert best["source"] == "wiki"


def test_a_pdf_tells_section_and_page(on: Figures) -> None:
    document = settled(on, send(on, "descontos.pdf", a_pdf(*POLICY), title="Tabela de descontos"))
    assert (document["format"], document["pages"]) == ("pdf", 3)
    best = find(on, "desconto que o gerente dá com registro no CRM")[0]
    assert best["citation"] == "Tabela de descontos — 2. Quem pode dar quanto, p. 3"


@pytest.mark.parametrize(
    ("name", "content", "citation"),
    [
        (
            "quadrilha.docx",
            a_docx(("Heading 1", "Ensaios"), ("Normal", "A quadrilha ensaia na quinta.")),
            "quadrilha — Ensaios",
        ),
        ("farra.xlsx", an_xlsx(Fardos=[["Produto", "Fardo"], ["Rapadura", 24]]), "farra — Fardos"),
        ("jangada.html", b"<h1>Jangada</h1><h2>Velas</h2><p>A vela da jangada seca.</p>", "jangada — Velas"),
        ("mangaba.txt", b"1. Mangaba\n\nA mangaba vai em caixa fria.", "mangaba — 1. Mangaba"),
    ],
)  # fmt: skip
def test_every_format_is_found_under_its_heading(
    on: Figures, name: str, content: bytes, citation: str
) -> None:
    assert settled(on, send(on, name, content))["status"] == "ready"
    asked = {"qua": "quando a quadrilha ensaia?", "far": "fardo de rapadura"}
    asked |= {"jan": "vela da jangada", "man": "caixa da mangaba"}
    assert find(on, asked[name[:3]])[0]["citation"] == citation


def test_the_same_content_is_the_same_document(on: Figures) -> None:
    first = write(on, title="Uma vez", text="Texto que é dito uma vez só.")
    settled(on, first)
    again = write(on, title="Uma vez", text="Texto que é dito uma vez só.")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert again.json()["status"] == "ready"


def test_a_new_text_takes_the_place_of_the_one_before(on: Figures) -> None:
    old = write(on, title="Comissão", text="A comissão da zabumba é de 3%.")
    settled(on, old)
    new = write(on, title="Comissão", text="A comissão da zabumba é de 4%.")
    assert new.json()["id"] != old.json()["id"]
    settled(on, new)
    texts = [each["text"] for each in find(on, "comissão da zabumba") if "zabumba" in each["text"]]
    assert texts == ["A comissão da zabumba é de 4%."]
    assert old.json()["id"] not in listed(on)
    other = write(on, title="Comissão", text="A comissão da zabumba é de 5%.", source="filial")
    settled(on, other)
    assert new.json()["id"] in listed(on)


def test_a_new_text_that_cannot_be_read_leaves_the_old_one_serving(on: Figures) -> None:
    settled(on, write(on, title="Bandeja", text="A bandeja de acerola leva doze."))
    broken = settled(on, send(on, "x.pdf", b"%PDF-1.4 broken", title="Bandeja"))
    assert broken["status"] == "failed"
    assert find(on, "bandeja de acerola")[0]["title"] == "Bandeja"


def test_what_failed_may_be_uploaded_again(on: Figures) -> None:
    first = send(on, "y.pdf", b"%PDF-1.4 damaged", title="Outra vez")
    assert settled(on, first)["status"] == "failed"
    again = send(on, "y.pdf", b"%PDF-1.4 damaged", title="Outra vez")
    assert again.json() == {"id": first.json()["id"], "status": "queued"}
    settled(on, again)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00\x03" + bytes(64), "document_type_unknown"),
        (a_zip(foo=b"x"), "document_type_unknown"),
        (locked(a_pdf(*POLICY), "segredo"), "document_encrypted"),
        (a_zip(word__document_xml=bytes(40_000_000)), "document_too_large"),
        (b"PK\x03\x04 broken", "document_unreadable"),
        (a_pdf([("", 10)]), "document_empty"),
    ],
)
def test_what_cannot_be_used_says_why(on: Figures, content: bytes, code: str) -> None:
    document = settled(
        on, send(on, "politica.docx", content, title=f"Recusado {code} {len(content)}")
    )
    assert (document["status"], document["error"]["code"]) == ("failed", code)
    assert document["error"]["message"]
    assert document["passages"] == 0


def test_a_deleted_document_is_found_no_more(on: Figures) -> None:
    uploaded = write(on, title="Passageiro", text="O marimbondo não entra na câmara fria.")
    settled(on, uploaded)
    assert find(on, "marimbondo câmara fria")[0]["title"] == "Passageiro"
    with on.on.door.client(on.on.a.admin) as client:
        path = f"/knowledge/{uploaded.json()['id']}"
        assert client.delete(path).status_code == 204
        assert client.delete(path).status_code == 404
    assert not any(each["title"] == "Passageiro" for each in find(on, "marimbondo câmara fria"))
    count = "SELECT count(*) FROM passage_terms WHERE document_id = %s"
    assert on.on.rows(count, uploaded.json()["id"]) == [(0,), (0,)]


@pytest.mark.parametrize(
    "query",
    ["Qual a capital da França?", "quem ganhou o jogo ontem?", "receita de bolo de cenoura"],
)
def test_weak_resemblance_is_no_answer(on: Figures, query: str) -> None:
    settled(on, write(on, title="Política de trocas", text=TEXT, source="wiki"))
    assert not any(each["answers"] for each in find(on, query))


def test_a_question_in_another_language_finds_the_passage_by_its_words_or_meaning(
    on: Figures,
) -> None:
    settled(
        on,
        write(
            on,
            title="Frete",
            text="# Frete\n\n## Pacaembu\n\nO frete para o Pacaembu sai às terças.",
        ),
    )
    assert find(on, "freight to Pacaembu")[0]["title"] == "Frete"


def test_another_tenant_neither_finds_nor_lists_nor_deletes(on: Figures) -> None:
    uploaded = write(on, title="Segredo", text="O canário da casa A canta às seis.")
    settled(on, uploaded)
    assert find(on, "canário da casa") != []
    b = on.on.b
    assert find(on, "canário da casa A canta", key=b.operator) == []
    assert listed(on, b.admin) == {}
    with on.on.door.client(b.admin) as client:
        assert client.delete(f"/knowledge/{uploaded.json()['id']}").status_code == 404
    # The same words of their own are found, and told apart.
    settled(
        on,
        write(on, key=b.admin, title="Deles", text="O canário da casa B canta às sete."),
        b.admin,
    )
    assert [each["title"] for each in find(on, "canário da casa", key=b.operator)] == ["Deles"]
    assert "Deles" not in [each["title"] for each in find(on, "canário da casa", k=50)]


def test_each_call_wants_its_scope(on: Figures) -> None:
    a = on.on.a
    assert write(on, key=a.operator, title="x", text="y").status_code == 403
    assert on.get("/knowledge", key=a.operator).status_code == 403
    with on.on.door.client(a.chat) as client:
        assert client.get("/knowledge/search", params={"query": "x"}).status_code == 403
    with on.on.door.client() as client:
        assert client.get("/knowledge").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"title": "x"},
        {"text": "x"},
        {"title": " ", "text": "x"},
        {"title": "x", "text": " "},
        {"title": "x" * 201, "text": "x"},
        {"title": "x", "text": "x", "surplus": 1},
    ],
)
def test_a_body_of_another_form_is_refused(on: Figures, body: dict[str, Any]) -> None:
    answer = write(on, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x", "text/plain", 415),
        (b"x", "multipart/form-data", 400),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b", 400),
        (b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b", 400),
        (bytes(22_000_000), "multipart/form-data; boundary=b", 413),
    ],
)  # fmt: skip
def test_a_form_of_another_form_is_refused(
    on: Figures, content: bytes, kind: str, status: int
) -> None:
    with on.on.door.client(on.on.a.admin) as client:
        answer = client.post("/knowledge", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
