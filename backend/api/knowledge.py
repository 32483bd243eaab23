"""/knowledge: the tenant's own documents, which answers cite by document, section and page."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import structlog
from litestar import Response, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, QueryParameter
from msgspec import Meta, Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errands import ask_worker
from backend.api.errors import TooManyRequests
from backend.api.upload import SOURCE_CHARACTERS, TITLE_CHARACTERS, UploadRequest
from backend.domain.documents import MOST_BYTES, MOST_CHARACTERS, DocumentStatus, refusal
from backend.domain.errors import InvalidRequest
from backend.domain.identity import Scope
from backend.store import documents
from backend.store.documents import DocumentRow
from backend.store.errands import Errand

log = structlog.get_logger(__name__)

QUERY_CHARACTERS = 8_000
MOST_PASSAGES = 50
#: Documents that are listed; the newest come first.
MOST_LISTED = 1_000
#: Uploads that one process holds in memory at once: each is up to 20 MB, twice.
MOST_AT_ONCE = 4


class Kept(Struct, frozen=True, kw_only=True):
    """A document that was uploaded. It can be found when its `status` is `ready`."""

    id: UUID
    status: DocumentStatus


class DocumentProblem(Struct, frozen=True, kw_only=True):
    """Why it cannot be used."""

    code: str
    message: str


class DocumentItem(Struct, frozen=True, kw_only=True):
    """A document; until a new text of it is ready, the one before is listed and found, too."""

    id: UUID
    title: str
    source: str
    status: DocumentStatus
    error: DocumentProblem | None
    format: (
        Annotated[
            Literal["markdown", "text", "html", "pdf", "docx", "xlsx"],
            Meta(description="What its content shows it to be."),
        ]
        | None
    )
    bytes: int
    pages: int | None
    passages: int
    uploaded_at: datetime
    ready_at: datetime | None


class DocumentList(Struct, frozen=True, kw_only=True):
    documents: list[DocumentItem]


class PassageItem(Struct, frozen=True, kw_only=True):
    """A passage and its place."""

    document_id: UUID
    title: str
    source: str
    section: str
    page: int | None
    citation: Annotated[str, Meta(description="As an answer cites it.")]
    text: str
    language: Literal["pt", "en", "es"]
    score: float
    lexical: Annotated[float, Meta(description="BM25, as a share of what it could be.")]
    semantic: Annotated[float | None, Meta(description="Cosine; absent without a vector.")]
    answers: Annotated[bool, Meta(description="Near enough to the question to be cited.")]


class PassageItems(Struct, frozen=True, kw_only=True):
    """The nearest passages, best first."""

    passages: list[PassageItem]


@dataclass
class UploadOperation(Operation):
    """Either of two bodies, which the framework cannot tell from the handler."""

    def __post_init__(self) -> None:
        text = {
            "title": Schema(type=OpenAPIType.STRING, max_length=TITLE_CHARACTERS),
            "text": Schema(type=OpenAPIType.STRING, max_length=MOST_CHARACTERS),
            "source": Schema(type=OpenAPIType.STRING, max_length=SOURCE_CHARACTERS),
        }
        file = {
            "file": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY),
            "title": text["title"],
            "source": text["source"],
        }
        bodies = {
            "application/json": (text, ["title", "text"]),
            "multipart/form-data": (file, ["file"]),
        }
        self.request_body = RequestBody(
            required=True,
            description=f"Markdown or plain text; or a file of at most {MOST_BYTES:,} bytes: "
            "Markdown, TXT, PDF, DOCX, XLSX or HTML, which its content tells. Without `title`, the "
            "file's own name is it.",
            content={
                kind: OpenAPIMediaType(
                    schema=Schema(
                        type=OpenAPIType.OBJECT, properties=dict(properties), required=required
                    )
                )
                for kind, (properties, required) in bodies.items()
            },
        )


@get(
    "/knowledge",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="The tenant's documents, the newest first",
)
async def list_documents(request: DoorRequest) -> DocumentList:
    door = request.door
    found = await door.calls.run(
        documents.all_of, door.database, request.auth.tenant_id, limit=MOST_LISTED
    )
    return DocumentList(documents=[_item(each) for each in found])


@post(
    "/knowledge",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    request_class=UploadRequest,
    operation_class=UploadOperation,
    summary="Upload a document; a worker reads it. The same content again is the same document (200)",
    responses={
        201: ResponseSpec(
            Kept, description="Stored, and waiting to be read.", generate_examples=False
        )
    },
)
async def add_document(request: UploadRequest) -> Response[Kept]:
    if _uploads.locked():
        raise TooManyRequests
    door, tenant_id = request.door, request.auth.tenant_id
    async with _uploads:
        upload = await request.upload()
        added = await door.calls.run(documents.add, door.database, tenant_id, upload)
    if added.status == "queued":
        await asyncio.to_thread(door.doorbell.ring, "bulk", rung_by="api")
    log.info("document.uploaded", document_id=str(added.id), bytes=len(upload.content))
    kept = Kept(id=added.id, status=added.status)
    return Response(kept, status_code=201 if added.is_new else 200)


@delete(
    "/knowledge/{document_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="Delete a document with all that was read from it; no answer cites it from here on",
)
async def remove_document(request: DoorRequest, document_id: FromPath[UUID]) -> None:
    door = request.door
    await door.calls.run(documents.remove, door.database, request.auth.tenant_id, document_id)
    log.info("document.deleted", document_id=str(document_id))


@get(
    "/knowledge/search",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What the tenant's documents say to a question, each passage with its citation",
)
async def search_documents(
    request: DoorRequest,
    question: Annotated[str, QueryParameter(name="query", description="The question.")],
    k: Annotated[int, QueryParameter(ge=1, le=MOST_PASSAGES)] = 10,
) -> PassageItems:
    if not question.strip() or len(question) > QUERY_CHARACTERS or "\x00" in question:
        raise InvalidRequest(f"`query` should be text of 1 to {QUERY_CHARACTERS} characters")
    told = await ask_worker(request, Errand(kind="guidance", asked={"query": question, "k": k}))
    return msgspec.convert(told, PassageItems)


_uploads = asyncio.Semaphore(MOST_AT_ONCE)


def _item(document: DocumentRow) -> DocumentItem:
    code = document.error_code
    problem = None if code is None else DocumentProblem(code=code, message=str(refusal(code)))
    return msgspec.convert(
        {
            "id": document.id,
            "title": document.title,
            "source": document.source,
            "status": document.status,
            "error": problem,
            "format": document.format,
            "bytes": document.bytes,
            "pages": document.pages,
            "passages": document.passages,
            "uploaded_at": document.uploaded_at,
            "ready_at": document.ready_at,
        },
        DocumentItem,
        from_attributes=True,
    )
