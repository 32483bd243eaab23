"""A document as it is uploaded: JSON with its text, or a form with its file. Bounded in every way.

What the file really is, a worker finds out: here it is bytes.
"""

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from backend.api.bodies import DoorRequest
from backend.api.errors import TooLarge, UnsupportedMediaType
from backend.api.strict_json import parse_json
from backend.domain.documents import MOST_BYTES, MOST_CHARACTERS
from backend.domain.errors import InvalidRequest
from backend.store.documents import Upload

#: A title's first letters are what an answer cites; both are part of a key in the database.
TITLE_CHARACTERS = 200
SOURCE_CHARACTERS = 300
#: Title, source, file, and what a browser adds.
_MOST_PARTS = 8
#: Beside the file: boundaries, names, and the escapes of a JSON text.
_AROUND_BYTES = 64 * 1024
_FORM = "multipart/form-data"

Title = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=TITLE_CHARACTERS,
        description="What answers cite it as. A new text under the same `title` and `source` takes "
        "the place of the one before as soon as it is ready.",
    ),
]
Source = Annotated[
    str, Meta(max_length=SOURCE_CHARACTERS, description="Your own name for where it comes from.")
]


class DocumentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document as text."""

    title: Title
    text: Annotated[
        str,
        Meta(min_length=1, max_length=MOST_CHARACTERS, description="Markdown or plain text."),
    ]
    source: Source = ""

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("`title` is blank")
        if not self.text.strip():
            raise ValueError("`text` is blank")


class UploadRequest(DoorRequest):
    """Larger than others; a file crosses a poor line in two minutes."""

    most_bytes = MOST_BYTES + _AROUND_BYTES
    patience = 4

    async def upload(self) -> Upload:
        """Raises InvalidRequest, UnsupportedMediaType, TooLarge, RequestTimeout, ClientGone."""
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType
        kind, options = self.content_type
        if kind == _FORM:
            boundary = options.get("boundary", "")
            # Long bodies are taken apart beside the event loop.
            return await asyncio.to_thread(_of_form, await self.body(), boundary)
        if kind not in ("", "application/json"):
            raise UnsupportedMediaType(
                "The body should be application/json with `title` and `text`, or "
                "multipart/form-data with `file`"
            )
        return await asyncio.to_thread(_of_json, await self.body())


def _of_json(raw: bytes) -> Upload:
    try:
        body = msgspec.convert(parse_json(raw), DocumentBody)
    except msgspec.ValidationError as error:
        raise InvalidRequest(str(error)) from error
    content = body.text.encode()
    if len(content) > MOST_BYTES:
        raise TooLarge
    return Upload(title=_line(body.title), source=_line(body.source), content=content)


def _of_form(raw: bytes, boundary: str) -> Upload:
    fields = _fields(raw, boundary)
    name, content = fields.pop("file", ("", b""))
    if not content:
        raise InvalidRequest("`file` should be there, and hold something")
    if len(content) > MOST_BYTES:
        raise TooLarge
    said = {field: _text(field, value) for field, (_, value) in fields.items()}
    unknown = sorted(set(said) - {"title", "source"})
    if unknown:
        raise InvalidRequest(f"`{unknown[0][:64]}` is no field of this form")
    # A file's own name is a title, too: without its folder and ending.
    title = _line(said.get("title", "")) or _line(_stem(name))
    if not title:
        raise InvalidRequest("`title` should be there")
    source = _line(said.get("source", ""))
    if len(title) > TITLE_CHARACTERS or len(source) > SOURCE_CHARACTERS:
        raise InvalidRequest(
            f"`title` should have at most {TITLE_CHARACTERS} characters, `source` {SOURCE_CHARACTERS}"
        )
    return Upload(title=title, source=source, content=content)


def _fields(raw: bytes, boundary: str) -> dict[str, tuple[str, bytes]]:
    """Field -> (file name, content). The last of a name counts for nothing: twice is refused."""
    found: dict[str, tuple[str, bytes]] = {}
    segment: MultipartSegment | None = None
    held = bytearray()
    try:
        with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS) as parser:
            for part in [*parser.parse(raw), *parser.parse(b"")]:
                if isinstance(part, MultipartSegment):
                    segment, held = part, bytearray()
                elif part:
                    held += part
                elif segment is not None:
                    if segment.name in found:
                        raise InvalidRequest(f"`{segment.name[:64]}` is there twice")
                    found[segment.name] = (segment.filename or "", bytes(held))
    except (MultipartError, ValueError) as error:
        raise InvalidRequest("The body is no well-formed multipart/form-data") from error
    return found


def _text(field: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"`{field[:64]}` should be UTF-8") from error


def _line(said: str) -> str:
    """One line without control characters, which no title has and a prompt must not."""
    return " ".join("".join(each if each.isprintable() else " " for each in said).split())


def _stem(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return last.rpartition(".")[0] or last
